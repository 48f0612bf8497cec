"""The requirement register: what it says, and each contradiction by its sentence."""

from __future__ import annotations

import re
from typing import Any

import pytest

from osia_conformance.standard.operations import OPERATIONS
from osia_conformance.standard.register import Register, RegisterError, build, load_register, whole_register
from osia_conformance.standard.versions import UnknownVersion, claim_text, judged, newest, resolve

ENTRY = {"id": "ENR-A-01", "title": "t", "clause": "c", "operations": ["readEnrollment"]}
PLACEHOLDER = re.compile(r"\{\w+\}(?<!\{enrollmentId\})(?<!\{bufferId\})")
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
    assert find.clause == "enrollment.yaml#/paths/~1v1~1enrollments/post/responses"


def test_a_clause_can_name_each_operation_by_its_code() -> None:
    clause = built(wrong(clause="{UPDATE}/responses; {FIND}")).requirements["ENR-A-01"].clause
    assert clause == (
        "enrollment.yaml#/paths/~1v1~1enrollments~1{enrollmentId}/put/responses; "
        "enrollment.yaml#/paths/~1v1~1enrollments/post"
    )


def test_a_fix_has_the_words_of_its_keyword() -> None:
    family = {
        "id": "ENR-C-03",
        "each": ["Enrollment/enum"],
        "operations": ["readEnrollment"],
        "title": "t",
        "clause": "c",
    }
    basics = {"id": "ENR-DONE-01", "each": ["READ"], "title": "t", "clause": "c"}
    entries = [basics, {**family, "fix": "Answer {schema} {answered}."}]
    keywords = {"enum": {"answered": "with listed values"}}
    found = build({"keywords": keywords, "requirement": entries}, {"ruling": []}).requirements[
        "ENR-C-03-ENROLLMENT-ENUM"
    ]
    assert found.fix == "Answer Enrollment with listed values."


def test_a_ruling_with_a_sentence_a_line_becomes_a_paragraph() -> None:
    ruling = {**RULING, "text": "\nOne.\nTwo.\n"}
    assert build({"requirement": []}, {"ruling": [ruling]}).rulings["RUL-A"].text == "One. Two."


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
            assert not PLACEHOLDER.search(entry.title + entry.clause)
            assert not entry.title.endswith(".")

    def test_each_requirement_says_in_one_sentence_what_to_do(self) -> None:
        for entry in whole_register().requirements.values():
            assert re.fullmatch(r"[A-Z<>!=].{20,170}\.", entry.fix), entry.id
            assert ". " not in entry.fix, entry.id
            assert not PLACEHOLDER.search(entry.fix), entry.id

    def test_what_to_do_names_operations_as_the_version_does(self) -> None:
        assert "sendBuffer" in load_register("1.0.0").requirements["ENR-DONE-01-BUFWRITE"].fix
        assert "createBuffer" in load_register(newest()).requirements["ENR-DONE-01-BUFWRITE"].fix

    def test_each_keyword_has_its_words(self) -> None:
        fixes = {entry.fix for entry in whole_register().requirements.values() if entry.id.startswith("ENR-ANSWER-")}
        assert len(fixes) > 40

    def test_a_ruling_is_one_paragraph(self) -> None:
        for ruling in whole_register().rulings.values():
            assert ruling.text == " ".join(ruling.text.split())
            assert ruling.text.endswith(".")

    def test_what_is_not_active_says_why(self) -> None:
        others = [one for one in whole_register().requirements.values() if one.status != "active"]
        assert others
        assert all(one.reason for one in others)

    def test_what_is_disputed_cites_its_ruling(self) -> None:
        disputed = [one for one in whole_register().requirements.values() if one.status == "disputed"]
        assert disputed
        assert all(one.rulings for one in disputed)

    def test_follow_ref_is_known_to_1_3_0_alone(self) -> None:
        holding = {
            version for version in judged() if "ENR-INTEGRITY-07-FOLLOWREF" in load_register(version).requirements
        }
        assert holding == {"1.3.0"}

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
            *("versions", "status", "reason", "rulings", "needs", "fix"),
        }


class TestVersions:
    def test_a_release_stands_for_its_interface_version(self) -> None:
        assert resolve("osia-4.1") == resolve("OSIA-4.1") == resolve("1.0.0") == "1.0.0"

    def test_a_claim_names_the_newest_release_and_the_interface(self) -> None:
        assert [claim_text(version) for version in ("1.0.0", "1.2.1+osia.6.0.1", "1.2.1", "1.3.0", "1.3.1")] == [
            "OSIA v. 4.1 - Enrollment Services v. 1.0.0",
            "OSIA v. 6.0.1 - Enrollment Services v. 1.2.1",
            "OSIA v. 6.1 - Enrollment Services v. 1.2.1",
            "OSIA v. 7.1 - Enrollment Services v. 1.3.0",
            "OSIA v. 7.2 - Enrollment Services v. 1.3.1",
        ]
        assert claim_text("9.9.9") == "OSIA - Enrollment Services v. 9.9.9"

    def test_the_newest_is_judged(self) -> None:
        assert newest() in judged()
        assert "1.0.0" in judged()

    @pytest.mark.parametrize("claim", ["", "1", "1.0", "2.0.0", "osia-99", "latest"])
    def test_an_unknown_version_is_told_with_the_known_ones(self, claim: str) -> None:
        with pytest.raises(UnknownVersion) as caught:
            resolve(claim)
        assert "1.0.0" in str(caught.value)
        assert "osia-4.1" in str(caught.value)
