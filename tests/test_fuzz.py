"""Whatever stands in a file or an answer that the suite reads, it is used or refused in a sentence."""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from osia_conformance import digests, journal, jwt_text
from osia_conformance.cleanup import cleanup
from osia_conformance.compare import compare
from osia_conformance.exchange import Answer
from osia_conformance.rebuild import rebuild
from osia_conformance.references import ConfigurationError, Reference, Scrubber
from osia_conformance.replay import replay
from osia_conformance.reports import ReportError
from osia_conformance.selection import failed_checks
from osia_conformance.settings import AuthSettings, Settings
from osia_conformance.token_static import KeptTokens
from tests import lab

BOUNDED = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner, max_size=2),
    max_leaves=4,
)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the report of a run in which something failed."""
    directory = tmp_path_factory.mktemp("fuzz") / "report"
    lab.run(directory, ["--osia-only=ENR-DELETE-01"], **lab.BROKEN)
    return directory


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the paths of all members, deep down."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [place for key, item in pairs for place in ((*path, key), *places(item, (*path, key)))]


def changed(value: Any, draw: Callable[..., Any]) -> Any:
    """Return JSON with one member replaced or removed."""
    copied = json.loads(json.dumps(value))
    path = draw(st.sampled_from(places(copied)))
    parent = copied
    for key in path[:-1]:
        parent = parent[key]
    if draw(st.booleans()) and isinstance(parent, dict):
        del parent[path[-1]]
    else:
        parent[path[-1]] = draw(JSON)
    return copied


def one_sentence(call: Callable[[], object]) -> None:
    """Make the call; it may refuse in its own errors, each one line, and in no others."""
    told = ""
    try:
        call()
    except (ConfigurationError, ReportError) as error:
        told = str(error)
    assert "\n" not in told


@BOUNDED
@given(data=st.data())
def test_a_journal_of_any_content(data: st.DataObject, written: Path, tmp_path: Path) -> None:
    lines = journal.read(written)
    # The register is long; a drawn member is to be one of all lines alike.
    number = data.draw(st.integers(0, len(lines) - 1))
    lines[number] = changed(lines[number], data.draw)
    (tmp_path / journal.FILE).write_text("".join(f"{json.dumps(line)}\n" for line in lines), "utf-8")
    one_sentence(lambda: rebuild(tmp_path, ("json", "junit", "har", "markdown")))
    one_sentence(lambda: failed_checks(tmp_path))
    one_sentence(lambda: compare(tmp_path, written, "text"))
    with contextlib.redirect_stdout(io.StringIO()):
        one_sentence(lambda: cleanup(tmp_path, Settings()))


@BOUNDED
@given(
    content=st.binary(max_size=60) | st.lists(st.sampled_from([b"{", b"}", b'"kind":"header"', b"\n"])).map(b"".join)
)
def test_a_journal_of_any_bytes(content: bytes, tmp_path: Path) -> None:
    (tmp_path / journal.FILE).write_bytes(content)
    one_sentence(lambda: rebuild(tmp_path))
    one_sentence(lambda: cleanup(tmp_path, Settings()))
    one_sentence(lambda: replay(tmp_path, "ENR-DELETE-01", Settings()))


@BOUNDED
@given(data=st.data())
def test_results_of_any_content(data: st.DataObject, written: Path, tmp_path: Path) -> None:
    file = tmp_path / "results.json"
    file.write_text(json.dumps(changed(json.loads((written / "results.json").read_bytes()), data.draw)), "utf-8")
    for form in ("text", "markdown", "json"):
        one_sentence(lambda form=form: compare(written, file, form))  # type: ignore[misc]


SEGMENT = st.text(alphabet="AZaz09-_=", max_size=8) | JSON.map(jwt_text._segment)
TOKEN = st.lists(SEGMENT, min_size=1, max_size=4).map(".".join) | st.text(max_size=20)


@BOUNDED
@given(token=TOKEN, claim=st.sampled_from(["scope", "exp"]), value=JSON)
def test_tokens_of_any_text(token: str, claim: str, value: Any) -> None:
    found = jwt_text.parse(token)
    for one in (found, jwt_text.Unverified({}, {claim: value})):
        if one is not None:
            assert one.scopes() is None or all(isinstance(scope, str) for scope in one.scopes() or ())
            assert one.moment("exp") is None or abs(one.moment("exp") or 0) < 10**15
    assert not token or jwt_text.altered(token) != token


@BOUNDED
@given(text=st.text(min_size=4, max_size=30))
def test_a_token_file_of_any_text(text: str) -> None:
    auth = AuthSettings(method="static", tokens={"enroll.read": Reference("env:TOKEN")})
    kept = KeptTokens(auth, Scrubber(), lambda: 0.0, {"TOKEN": text})
    with contextlib.suppress(ConfigurationError):
        assert kept.value("enroll.read").isprintable()


@BOUNDED
@given(value=st.text(max_size=20) | st.text(alphabet="SHA-256md5=,; Aa+/é", max_size=30), data=st.binary(max_size=5))
def test_a_digest_header_of_any_text(value: str, data: bytes) -> None:
    answer = Answer("getBuffer", "main.1", 200, headers=(("Digest", value),), body=data)
    stated = digests.stated(answer)
    assert set(stated) <= set(digests.ALGORITHMS)
    assert set(digests.differing(answer, data)) <= set(stated)
