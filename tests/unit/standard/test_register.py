"""The requirement register: what it says, and each contradiction by its sentence."""

from __future__ import annotations

import re
from typing import Any

import pytest

from osia_conformance.standard.operations import OPERATIONS
from osia_conformance.standard.register import Register, RegisterError, build, load_register, whole_register
from osia_conformance.standard.versions import UnknownVersion, judged, newest, resolve

ENTRY = {"id": "ENR-A-01", "title": "t", "clause": "c", "operations": ["readEnrollment"]}
RULING = {"id": "RUL-A", "title": "t", "text": "x"}


def built(*entries: dict[str, Any]) -> Register:
    basics = {"id": "ENR-DONE-01", "each": [one.code for one in OPERATIONS], "title": "t", "clause": "c"}
    return build({"requirement": [basics, *entries]}, {"ruling": [RULING]})


def wrong(**changes: Any) -> dict[str, Any]:
    entry = {**ENTRY, **changes}
    return {name: value for name, value in entry.items() if value is not None}


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        (wrong(id="READ-01"), ("READ-01", "id")),
        (wrong(title=None), ("ENR-A-01", "title")),
        (wrong(clause=""), ("ENR-A-01", "clause")),
        (wrong(levl="MUST"), ("ENR-A-01", "levl")),
        (wrong(level="SHALL"), ("ENR-A-01", "SHALL", "level")),
        (wrong(operations=["readEnrolment"]), ("ENR-A-01", "readEnrolment")),
        (wrong(operations=None), ("ENR-A-01", "names no operation")),
        (wrong(operations=[]), ("ENR-A-01", "operations")),
        (wrong(status="unknown", reason="r"), ("ENR-A-01", "unknown")),
        (wrong(status="disputed"), ("ENR-A-01", "says why")),
        (wrong(each=["READ", "WRITE"], operations=None), ("ENR-A-01", "'WRITE'", "READ")),
        (wrong(needs=["ENR-Z-99"]), ("ENR-A-01", "needs ENR-Z-99")),
        (wrong(rulings=["RUL-Z"]), ("ENR-A-01", "cites RUL-Z")),
        (wrong(versions="roughly 1.0"), ("ENR-A-01", "roughly 1.0")),
    ],
)
def test_a_wrong_entry_is_told_by_its_id(entry: dict[str, Any], words: tuple[str, ...]) -> None:
    with pytest.raises(RegisterError) as caught:
        built(entry)
    assert all(word in str(caught.value) for word in words), str(caught.value)


def test_an_entry_without_an_id_is_told() -> None:
    with pytest.raises(RegisterError, match="an entry without id"):
        built(wrong(id=None))


def test_an_id_stands_only_once() -> None:
    with pytest.raises(RegisterError, match="ENR-A-01 stands twice"):
        built(ENTRY, ENTRY)


def test_an_entry_for_each_operation_becomes_one_for_each() -> None:
    register = built(
        {"id": "ENR-B-02", "each": ["READ", "FIND"], "title": "{operation} answers", "clause": "{op}/responses"}
    )
    read, find = register.requirements["ENR-B-02-READ"], register.requirements["ENR-B-02-FIND"]
    assert (read.title, read.operations) == ("readEnrollment answers", ("readEnrollment",))
    assert find.clause == "openapi.yaml#/paths/~1v1~1enrollments/post/responses"


def test_every_requirement_of_an_operation_needs_that_the_operation_works() -> None:
    assert built(ENTRY).requirements["ENR-A-01"].needs == ("ENR-DONE-01-READ",)


def test_a_requirement_holds_only_for_its_versions() -> None:
    requirement = built(wrong(versions="<1.2")).requirements["ENR-A-01"]
    assert "1.1.0" in requirement.versions
    assert "1.2.0" not in requirement.versions


class TestOurs:
    """The register that ships."""

    def test_it_does_not_contradict_itself(self) -> None:
        assert len(whole_register().requirements) > 300

    @pytest.mark.parametrize("operation", sorted(one.id for one in OPERATIONS))
    def test_each_operation_has_requirements(self, operation: str) -> None:
        own = [entry for entry in load_register("1.0.0").active() if operation in entry.operations]
        assert len(own) > 20

    def test_each_requirement_cites_a_clause_and_speaks_a_sentence(self) -> None:
        for entry in whole_register().requirements.values():
            assert entry.clause.strip()
            assert not re.search(r"\{(op|operation|schema|keyword|member)\}", entry.title + entry.clause)
            assert not entry.title.endswith(".")

    def test_what_is_not_active_says_why(self) -> None:
        others = [one for one in whole_register().requirements.values() if one.status != "active"]
        assert others
        assert all(one.reason for one in others)

    def test_what_is_disputed_cites_its_ruling(self) -> None:
        disputed = [one for one in whole_register().requirements.values() if one.status == "disputed"]
        assert disputed
        assert all(one.rulings for one in disputed)

    def test_needs_never_go_in_circles(self) -> None:
        requirements = whole_register().requirements
        done: set[str] = set()

        def visit(name: str, path: tuple[str, ...]) -> None:
            assert name not in path, " -> ".join([*path, name])
            if name not in done:
                for need in requirements[name].needs:
                    visit(need, (*path, name))
                done.add(name)

        for name in requirements:
            visit(name, ())

    def test_a_record_tells_everything(self) -> None:
        record = whole_register().requirements["ENR-DONE-01-READ"].as_record()
        assert record["id"] == "ENR-DONE-01-READ"
        assert set(record) == {
            *("id", "level", "operations", "title", "clause", "derived"),
            *("versions", "status", "reason", "rulings", "needs"),
        }


class TestVersions:
    def test_a_release_stands_for_its_interface_version(self) -> None:
        assert resolve("osia-4.1") == resolve("OSIA-4.1") == resolve("1.0.0") == "1.0.0"

    def test_the_newest_is_judged(self) -> None:
        assert newest() in judged()
        assert "1.0.0" in judged()

    @pytest.mark.parametrize("claim", ["", "1", "1.0", "2.0.0", "osia-99", "latest"])
    def test_an_unknown_version_is_told_with_the_known_ones(self, claim: str) -> None:
        with pytest.raises(UnknownVersion) as caught:
            resolve(claim)
        assert "1.0.0" in str(caught.value)
        assert "osia-4.1" in str(caught.value)
