"""What holds of any record that is there, whatever it says: also judged by a run that only reads."""

from osia_conformance.checks import (
    BAD_REQUEST,
    SUCCESS,
    cannot_tell,
    differences,
    expect,
    expect_json,
    expect_object,
    format_value,
    listed,
    member,
    precondition,
    requirement,
)
from osia_conformance.checks.enrollment import attribute_styles, expect_attributes_known

NAMED = ("biographicData", "requestData", "documentData", "enrollmentFlags")
"""The groups to which attributes apply, by the standard's prose."""


def members(group):
    """Return the names of the members of a group, or of its first element."""
    first = group[0] if isinstance(group, list) else group
    return list(first) if isinstance(first, dict) else []


def narrowed(enrollments, enrollment, wanted):
    """Ask for groups in each style of names; return the first answer that narrows."""
    whole = enrollment.record()
    groups = [name for name in NAMED if whole.get(name)][:wanted]
    if len(groups) < wanted or not any(whole[name] for name in whole.keys() - {*groups, "enrollmentId", "status"}):
        cannot_tell("the record holds too few groups to ask for a part of them")
    pairs = [(group, name) for group in groups for name in members(whole[group])[:1]]
    for names in attribute_styles(enrollments, groups, [name for _, name in pairs]):
        response = precondition(enrollment.read(*names), SUCCESS, BAD_REQUEST)
        if (
            response.status in SUCCESS
            and all(expect_object(response).get(group) for group in groups)
            and less(response, whole)
        ):
            return response, groups, whole
    return expect_attributes_known(enrollments, groups, response), groups, whole


def less(response, whole):
    """Return whether something of the whole record is missing in the answer."""
    return bool(differences(whole, expect_json(response)))


@requirement("ENR-READ-02")
def test_a_part_of_a_record_is_less_than_the_record(enrollments):
    response, [group], whole = narrowed(enrollments, enrollments.existing(), 1)
    got = expect_object(response)
    expect(bool(got.get(group)), f"{group} in the answer", f"it holds {listed(got)}", response)
    expect(less(response, whole), f"less than all, for {group} alone", "it holds the whole record", response)


@requirement("ENR-READ-03")
def test_two_parts_of_a_record_are_both_answered(enrollments):
    response, groups, _ = narrowed(enrollments, enrollments.existing(), 2)
    got = expect_object(response)
    both = all(got.get(group) for group in groups)
    expect(both, f"{listed(groups)} in the answer", f"it holds {listed(got)}", response)


def findable(enrollments):
    """Return an enrollment that a search by its attribute must find."""
    enrollment = enrollments.existing()
    attribute, value = enrollments.searched
    if member(enrollment.record(), "biographicData", attribute, default=None) != value:
        cannot_tell(f"the record does not hold {format_value(value)} as {attribute} of its biographicData")
    return enrollment


@requirement("ENR-FIND-01")
def test_a_record_is_found_by_a_value_that_it_holds(enrollments):
    enrollment = findable(enrollments)
    enrollments.eventually("search", lambda: enrollment.id in enrollments.found()[0])
    names, response = enrollments.found()
    expect(enrollment.id in names, f"the enrollment {enrollment.id} among what is found", "it is not", response)
