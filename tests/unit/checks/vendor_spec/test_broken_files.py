"""A vendor's OpenAPI file that cannot be used is refused in a sentence, whatever stands in it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from osia_conformance.checks.vendor_spec.spec import load, understood
from osia_conformance.checks.vendor_spec.trial import undrawable
from osia_conformance.standard.operations import operations
from osia_conformance.support import bounded_yaml
from osia_conformance.support.bounded_yaml import UnreadableError, parsed
from osia_conformance.support.secrets import ConfigurationError
from tests.harness.json_values import ANY_NUMBER, json_values
from tests.unit.checks.vendor_spec.documents import PATH, VERSION, document, spec_of

BOMB = "a: &a [x,x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{name}: &{name} [{','.join([f'*{before}'] * 10)}]\n" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)
MERGES = "a: &a {k0: 1, k1: 2}\n" + "".join(
    f"{name}: &{name} {{<<: [{','.join([f'*{before}'] * 10)}]}}\n"
    for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "no OpenAPI document"),
        (b"- 1", "no OpenAPI document"),
        (b"just words", "no OpenAPI document"),
        (b"\xff\xfe\x00", "UTF-8"),
        (b"a: [1, 2", "neither YAML nor JSON at line 2"),
        (b'{"a": ', "neither YAML nor JSON"),
        (b"a: !!python/object/apply:os.system [true]", "neither YAML nor JSON at line 1"),
        (b"a: \x01", "neither YAML nor JSON"),
        (b"a: 2020-99-99", "cannot be read"),
        (b"a: " + b"9" * 5000, "64 digits"),
        (b"a: 1" + b":59" * 5000, "64 digits"),
        (b"[" * 100_000, "nests deeper"),
        (b"- " * 100_000, "nests deeper"),
        (b"a: &a [*a]", "contains itself"),
        (BOMB.encode(), "aliases are written out"),
        (MERGES.encode(), "aliases are written out"),
        (b"#" * (bounded_yaml.LARGEST + 1), "larger than"),
        (b"- 1\n" * 450_000, "values"),
        (b"swagger: '2.0'", "OpenAPI 3.0, 3.1 or 3.2"),
        (b"openapi: 3.0", "OpenAPI 3.0, 3.1 or 3.2"),
        (b"openapi: 4.0.0", "OpenAPI 3.0, 3.1 or 3.2"),
        (b"openapi: 3.0.0", "lacks createEnrollment"),
        (b"openapi: 3.0.0\npaths: []", "must be an object"),
    ],
    ids=range(23),
)
def test_a_broken_file_gives_a_sentence(data: bytes, words: str) -> None:
    with pytest.raises(UnreadableError, match=words):
        understood("theirs.yaml", data, VERSION)


def missing(theirs: Any) -> None:
    del theirs["paths"][PATH]["patch"]


def remote(theirs: Any) -> None:
    theirs["components"]["schemas"]["Enrollment"] = {"$ref": "https://example.org/enrollment.yaml#/Enrollment"}


def another_file(theirs: Any) -> None:
    theirs["paths"][PATH] = {"$ref": "paths.yaml"}


def nowhere(theirs: Any) -> None:
    theirs["components"]["schemas"]["Enrollment"]["properties"]["more"] = {"$ref": "#/components/schemas/Nowhere"}


def circle(theirs: Any) -> None:
    theirs["components"]["schemas"] |= {
        "A": {"$ref": "#/components/schemas/B"},
        "B": {"$ref": "#/components/schemas/A"},
    }


def circular_responses(theirs: Any) -> None:
    theirs["components"]["x-a"] = {"inner": {"$ref": "#/components/x-a"}}


def spreading(theirs: Any) -> None:
    kinds = {f"p{n}": [{"$ref": f"#/components/x-many/p{n + 1}"}] * 10 for n in range(8)}
    theirs["components"]["x-many"] = kinds | {"p8": {"description": "end"}}


def no_text(theirs: Any) -> None:
    theirs["paths"][PATH]["$ref"] = 7


@pytest.mark.parametrize(
    ("break_it", "words"),
    [
        (missing, r"lacks partialUpdateEnrollment \(PATCH /v1/enrollments/\{enrollmentId\}\)"),
        (remote, "outside of the file, and nothing is fetched"),
        (another_file, "outside of the file, and nothing is fetched"),
        (nowhere, '"#/components/schemas/Nowhere" leads nowhere'),
        (circle, "leads back to itself"),
        (circular_responses, "leads back to itself"),
        (spreading, "once its references are followed"),
        (no_text, "is no text"),
    ],
)
def test_broken_references_and_gaps_give_a_sentence(break_it: Callable[[Any], None], words: str) -> None:
    theirs = document()
    break_it(theirs)
    with pytest.raises(UnreadableError, match=words):
        spec_of(theirs)


def test_what_cannot_be_opened_is_said(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"--spec: .* cannot be read"):
        load(tmp_path, VERSION)


JSON = json_values(st.text(max_size=6), ANY_NUMBER, leaves=6)
ODD = JSON | st.sampled_from(["#/components/schemas/Enrollment", {"$ref": "#/paths"}, {"$ref": "#/components"}])


def places(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [place for key, inner in items for place in [(*path, key), *places(inner, (*path, key))]]


PLACES = places(document())


def replaced(place: tuple[Any, ...], value: Any) -> Any:
    theirs = document()
    holder = theirs
    for part in place[:-1]:
        holder = holder[part]
    holder[place[-1]] = value
    return theirs


@settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(PLACES), ODD)
def test_a_wrong_value_anywhere_gives_a_sentence_or_a_file_to_draw_from(place: tuple[Any, ...], value: Any) -> None:
    try:
        spec = spec_of(replaced(place, value))
    except UnreadableError as error:
        said = str(error)
    else:
        said = ""
        assert len(spec.document["paths"]) == len({one.path for one in operations(VERSION)})
    assert "\n" not in said
    assert len(said) < 300


@settings(deadline=None, max_examples=8, suppress_health_check=list(HealthCheck))
@given(st.sampled_from([place for place in PLACES if place[:2] == ("components", "schemas")]), ODD)
def test_whatever_can_be_read_is_drawn_from_or_refused(place: tuple[Any, ...], value: Any) -> None:
    try:
        spec = spec_of(replaced(place, value))
    except UnreadableError:
        return
    why = undrawable(spec.document, VERSION)
    assert why is None or why.startswith("nothing can be drawn for ")


@settings(deadline=None, max_examples=200)
@given(st.binary(max_size=200) | st.text("-: \n&*a[]{}!<>'\"|?#0.,", max_size=60).map(str.encode))
def test_no_bytes_give_more_than_a_sentence(data: bytes) -> None:
    try:
        said = json.dumps(parsed(data), allow_nan=False)
    except UnreadableError as error:
        said = str(error)
    assert "\n" not in said
