"""readEnrollment: the record, the whole record, and nothing but the record."""

import pytest

from osia_conformance.checks import (
    BAD_REQUEST,
    SUCCESS,
    WITHHELD,
    Inapplicable,
    differences,
    expect,
    expect_holds,
    expect_json,
    expect_object,
    expect_status,
    expect_unchanged,
    format_value,
    listed,
    precondition,
    requirement,
)
from osia_conformance.checks.enrollment import (
    changed_enrollment,
    first,
    narrowed_read,
    other_member,
    send_operation,
)

ID = "$.enrollmentId"
GROUPS = (
    "enrollmentType",
    "enrollmentFlags",
    "requestData",
    "biographicData",
    "biometricData",
    "documentData",
)


def groups_in(response):
    """Return the groups of an answer that hold something: empty ones may always be there (RUL-ECHO)."""
    body = expect_object(response)
    return {name for name in GROUPS if body.get(name) not in (None, [], {})}


def member_of(enrollments, group):
    """Return the name of a member of a canonical group, not the marker's: the second one if there are several."""
    names = [name for name in first(enrollments.canonical().get(group, {})) if name != enrollments.payloads.marker]
    if not names:
        raise Inapplicable(f"the profile leaves nothing in {group} to ask for")
    return names[1] if len(names) > 1 and group != "biographicData" else names[0]


def narrowed(enrollments, by_group, by_member):
    """Ask for groups of a new enrollment; return the answer that narrows, or the last, and the whole record."""
    enrollment = enrollments.created()
    whole = enrollment.record()

    def is_narrowed(response):
        return set(by_group) <= groups_in(response) and is_less(enrollments, response, whole)

    return narrowed_read(enrollments, enrollment, by_group, by_member, is_narrowed), whole


def is_less(enrollments, response, whole):
    """Return whether something of the whole record is missing in the answer."""
    sent = enrollments.payloads.sent
    return bool(differences(sent.only(whole), sent.only(expect_json(response))))


@requirement("ENR-READ-01")
def test_the_record_carries_the_id_that_was_asked_for(enrollments):
    enrollment, other = enrollments.existing(), enrollments.existing()
    for asked in (enrollment, other):
        response = expect_status(asked.read(), SUCCESS)
        named = expect_object(response).get("enrollmentId", asked.id)
        shown = "one that this run never used" if named == WITHHELD else format_value(named)
        expect(named == asked.id, f"enrollmentId {asked.id}", f"enrollmentId is {shown}", response, member=ID)


@requirement("ENR-READ-02")
@pytest.mark.parametrize("group", ["biographicData", "requestData"], ids=["biographic", "request"])
def test_attributes_limit_the_answer(enrollments, group):
    member = member_of(enrollments, group)
    response, whole = narrowed(enrollments, [group], [member])
    got = groups_in(response)
    expect(group in got, f"{group} in the answer", f"it holds {listed(got)}", response)
    expect(
        is_less(enrollments, response, whole),
        f"less than all, for {group} alone",
        "it holds the whole record",
        response,
    )
    said = {name: value for name, value in expect_json(response).items() if isinstance(value, str) and name in whole}
    expect_holds(said, whole, response, "the rest of the answer")
    sent, shown = enrollments.canonical()[group], expect_json(response)[group]
    expect_holds({member: first(sent)[member]}, first(shown), response, f"{member} of {group}")


@requirement("ENR-READ-03")
def test_several_attributes_are_all_answered(enrollments):
    groups = ["biographicData", "documentData"]
    response, _ = narrowed(enrollments, groups, [member_of(enrollments, "biographicData"), "documentType"])
    got = groups_in(response)
    expect(set(groups) <= got, f"{listed(groups)} in the answer", f"it holds {listed(got)}", response)


@requirement("ENR-READ-04")
def test_an_attribute_that_does_not_exist_is_left_out_or_refused(enrollments):
    response = expect_status(enrollments.existing().read("noSuchAttribute"), SUCCESS, BAD_REQUEST)
    if response.status in SUCCESS:
        present = "noSuchAttribute" in expect_object(response)
        expect(not present, "an answer without noSuchAttribute", "it is in the answer", response)


@requirement("ENR-READ-05")
def test_reading_changes_nothing(enrollments):
    enrollment = enrollments.existing()
    before = enrollment.record()
    for name in ("biographicData", member_of(enrollments, "biographicData")):
        enrollment.read(name)
    response = precondition(enrollment.read())
    expect_unchanged(before, expect_json(response), response, names=enrollments.payloads.sent)


@requirement("ENR-READ-06")
def test_a_read_sees_every_patch(enrollments):
    enrollment = enrollments.created()
    for number in range(4):
        patch = {"biographicData": other_member(enrollments, number)}
        precondition(enrollment.patch(patch))
        response = precondition(enrollment.read())
        expect_holds(patch, expect_json(response), response, "the last write")


@requirement("ENR-READ-06")
@pytest.mark.parametrize("operation", ["UPDATE", "FINALIZE"])
def test_a_read_sees_an_update_and_a_finalize(enrollments, operation):
    enrollment = enrollments.created()
    precondition(enrollment.read())
    precondition(send_operation(operation, enrollment, enrollments))
    response = precondition(enrollment.read())
    body = changed_enrollment(enrollments)
    wanted = {"biographicData": body["biographicData"]} if operation == "UPDATE" else {"status": "FINALIZED"}
    expect_holds(wanted, expect_json(response), response, "the last write")
