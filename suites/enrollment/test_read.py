"""readEnrollment: the record, the whole record, and nothing but the record."""

import pytest

from osia_conformance.checks import requirement
from osia_conformance.echo import differences, told
from osia_conformance.expectations import (
    DONE,
    Inapplicable,
    expect,
    expect_holds,
    expect_json,
    expect_status,
    expect_unchanged,
    listed,
    precondition,
)
from osia_conformance.guest import WITHHELD
from osia_conformance.samples import first, ours
from osia_conformance.subjects import changed, other_member, send

GROUPS = (
    "enrollmentType",
    "enrollmentFlags",
    "requestData",
    "biographicData",
    "biometricData",
    "documentData",
)


def groups_in(answer):
    """Return the groups of an answer that hold something: empty ones may always be there (RUL-ECHO)."""
    body = expect_json(answer)
    expect(isinstance(body, dict), "a JSON object", f"the body is {type(body).__name__}", answer)
    return {name for name in GROUPS if body.get(name) not in (None, [], {})}


def member_of(enrollments, group):
    """Return the name of a member of a canonical group, not the marker's: the second one if there are several."""
    names = [name for name in first(enrollments.canonical().get(group, {})) if name != enrollments.samples.marker]
    if not names:
        raise Inapplicable(f"the profile leaves nothing in {group} to ask for")
    return names[1] if len(names) > 1 and group != "biographicData" else names[0]


def narrowed(enrollments, by_group, by_member):
    """Ask by group names, by member names and by both; return the first answer that narrows, or the last."""
    enrollment = enrollments.created()
    whole = enrollment.record()
    for names in (by_group, by_member, [f"{group}.{name}" for group, name in zip(by_group, by_member, strict=True)]):
        answer = precondition(enrollment.read(*names), DONE, 400)
        if answer.status in DONE and set(by_group) <= groups_in(answer) and is_less(answer, whole):
            return answer, whole
    return expect_status(answer, DONE), whole


def is_less(answer, whole):
    """Return whether something of the whole record is missing in the answer."""
    return bool(differences(ours(whole), ours(expect_json(answer))))


@requirement("ENR-READ-01")
def test_the_record_carries_the_id_that_was_asked_for(enrollments):
    enrollment, other = enrollments.existing(), enrollments.existing()
    for asked in (enrollment, other):
        answer = expect_status(asked.read(), DONE)
        named = expect_json(answer).get("enrollmentId", asked.id)
        shown = "one that this run never used" if named == WITHHELD else told(named)
        expect(named == asked.id, f"enrollmentId {asked.id}", f"enrollmentId is {shown}", answer)


@requirement("ENR-READ-02")
@pytest.mark.parametrize("group", ["biographicData", "requestData"], ids=["biographic", "request"])
def test_attributes_limit_the_answer(enrollments, group):
    member = member_of(enrollments, group)
    answer, whole = narrowed(enrollments, [group], [member])
    got = groups_in(answer)
    expect(group in got, f"{group} in the answer", f"it holds {listed(got)}", answer)
    expect(is_less(answer, whole), f"less than all, for {group} alone", "it holds the whole record", answer)
    said = {name: value for name, value in expect_json(answer).items() if isinstance(value, str) and name in whole}
    expect_holds(said, whole, answer, "the rest of the answer")
    sent, shown = enrollments.canonical()[group], expect_json(answer)[group]
    expect_holds({member: first(sent)[member]}, first(shown), answer, f"{member} of {group}")


@requirement("ENR-READ-03")
def test_several_attributes_are_all_answered(enrollments):
    groups = ["biographicData", "documentData"]
    answer, _ = narrowed(enrollments, groups, [member_of(enrollments, "biographicData"), "documentType"])
    got = groups_in(answer)
    expect(set(groups) <= got, f"{listed(groups)} in the answer", f"it holds {listed(got)}", answer)


@requirement("ENR-READ-04")
def test_an_attribute_that_does_not_exist_is_left_out_or_refused(enrollments):
    answer = expect_status(enrollments.existing().read("noSuchAttribute"), DONE, 400)
    if answer.status in DONE:
        present = "noSuchAttribute" in expect_json(answer)
        expect(not present, "an answer without noSuchAttribute", "it is in the answer", answer)


@requirement("ENR-READ-05")
def test_reading_changes_nothing(enrollments):
    enrollment = enrollments.existing()
    before = enrollment.record()
    enrollment.read("biographicData")
    answer = precondition(enrollment.read())
    expect_unchanged(before, expect_json(answer), answer)


@requirement("ENR-READ-06")
def test_a_read_sees_every_patch(enrollments):
    enrollment = enrollments.created()
    for number in range(4):
        patch = {"biographicData": other_member(enrollments, number)}
        precondition(enrollment.patch(patch))
        answer = precondition(enrollment.read())
        expect_holds(patch, expect_json(answer), answer, "the last write")


@requirement("ENR-READ-06")
@pytest.mark.parametrize("operation", ["UPDATE", "FINALIZE"])
def test_a_read_sees_an_update_and_a_finalize(enrollments, operation):
    enrollment = enrollments.created()
    precondition(enrollment.read())
    precondition(send(operation, enrollment, enrollments))
    answer = precondition(enrollment.read())
    body = changed(enrollments)
    wanted = {"biographicData": body["biographicData"]} if operation == "UPDATE" else {"status": "FINALIZED"}
    expect_holds(wanted, expect_json(answer), answer, "the last write")
