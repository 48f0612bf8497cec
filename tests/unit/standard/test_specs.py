"""The interface as data: each openapi.yaml states the standard's facts, all of them and in its own words."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from openapi_spec_validator import validate

from osia_conformance.checks.vendor_spec.facts import canonical, differences, facts
from osia_conformance.standard.register import load_register
from osia_conformance.standard.versions import public, resolve
from osia_conformance.support.paths import bundled
from tests.harness.published import IS_AT_HAND, loaded, published

FOLDER = bundled("specs") / "enrollment"

# SHA-256 of the canonical JSON of the facts of the files that the Secure Identity Alliance published. One
# is recorded anew only when `facts` states facts differently, never to let a file of ours pass.
STANDARD = {
    "1.0.0": "dcdac7003138f90145239bfe48f022c6e2b02e4f6ea5814edd63455f134f3c51",
    "1.1.0": "5d6ddd27770904db855936451cea574769be8530395284aac53997ffa1f6a3c9",
    "1.2.0": "94092e9913817a84dcc28215d8076ace30bc41369863cafdb5a9a282b64cb6e2",
    "1.2.1": "4f56005003b31ed93d33b2266951c4a728a17f4517405e8cdc3d29019099cc4b",
    "1.3.0": "e0793b74e5ed0afa854f0a40dcfb760670223c95c5f55f6e85943e83ab96311e",
    "1.3.1": "997153527775284e14525eefbc8b7d4251beed403ed3d16db7c55c4e234f6282",
}


@cache
def ours(version: str) -> dict[str, Any]:
    return loaded(FOLDER / version / "openapi.yaml")


def digest(document: dict[str, Any]) -> str:
    return hashlib.sha256(canonical(facts(document)).encode()).hexdigest()


def prose(node: Any) -> Iterator[str]:
    """Yield the texts under description and summary, wherever they stand."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key in {"description", "summary"} and isinstance(value, str):
                yield value
            yield from prose(value)
    elif isinstance(node, list):
        for value in node:
            yield from prose(value)


def words(text: str) -> str:
    return " ".join(text.lower().split()).rstrip(".")


every_version = pytest.mark.parametrize("version", STANDARD)


@every_version
def test_the_file_is_a_valid_openapi_document(version: str) -> None:
    validate(ours(version))


@every_version
def test_the_file_states_the_version_of_its_directory(version: str) -> None:
    assert ours(version)["info"]["version"] == version


@every_version
def test_the_facts_are_those_of_the_standard(version: str) -> None:
    assert digest(ours(version)) == STANDARD[version]


@every_version
def test_each_shared_part_is_used(version: str) -> None:
    document = ours(version)
    text = canonical(document)
    unused = [
        f"{kind}/{name}"
        for kind, parts in document["components"].items()
        for name in parts
        if kind != "securitySchemes" and f'"#/components/{kind}/{name}"' not in text
    ]
    assert unused == []


if IS_AT_HAND:

    @every_version
    def test_nothing_differs_from_the_published_file(version: str) -> None:
        found = differences(ours(version), published(version))
        assert not found, "\n".join(str(difference) for difference in found)

    @every_version
    def test_the_recorded_digest_is_that_of_the_published_file(version: str) -> None:
        assert digest(published(version)) == STANDARD[version]

    @every_version
    def test_no_sentence_is_the_published_one(version: str) -> None:
        theirs = {words(line) for text in prose(published(version)) for line in [text, *text.splitlines()]}
        copied = sorted({text for text in prose(ours(version)) if words(text) in theirs})
        assert copied == []


# -- versions.toml


def versions() -> dict[str, Any]:
    return tomllib.loads((FOLDER / "versions.toml").read_text("utf-8"))


def test_the_listed_versions_are_those_with_a_file_in_order() -> None:
    listed = versions()["interface"]
    assert [each["version"] for each in listed] == list(STANDARD)
    assert [FOLDER / each["file"] for each in listed] == sorted(FOLDER.glob("*/openapi.yaml"))


def test_releases_and_judged_versions_name_listed_versions() -> None:
    table = versions()
    named = {public(release["interface"]) for release in table["releases"].values()}
    assert named == set(STANDARD)
    assert table["judged"] == list(STANDARD)


def test_each_release_has_its_version() -> None:
    releases = versions()["releases"]
    assert {name: public(release["interface"]) for name, release in releases.items()} == {
        "osia-4.0": "1.0.0",
        "osia-4.1": "1.0.0",
        "osia-5.0": "1.1.0",
        "osia-6.0": "1.2.0",
        "osia-6.0.1": "1.2.1",
        "osia-6.1": "1.2.1",
        "osia-6.1.0": "1.2.1",
        "osia-7.0": "1.3.0",
        "osia-7.1": "1.3.0",
        "osia-7.2": "1.3.1",
    }


def test_only_osia_6_0_1_is_a_variant_of_its_version() -> None:
    interfaces = {name: release["interface"] for name, release in versions()["releases"].items()}
    assert {name for name, version in interfaces.items() if version != public(version)} == {"osia-6.0.1"}


def test_the_variant_has_the_duplicate_rule_of_the_version_before() -> None:
    own, whole = (load_register(resolve(name)).requirements for name in ("osia-6.0.1", "osia-6.1"))
    assert whole.keys() - own.keys() == {"ENR-CREATE-19"}
