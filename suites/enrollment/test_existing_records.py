"""What holds of any record that is there, whatever it says: also judged by a run that only reads."""

from osia_conformance.checks import (
    cannot_tell,
    differences,
    expect,
    expect_json,
    expect_object,
    format_value,
    listed,
    member,
    requirement,
)
from osia_conformance.checks.enrollment import narrowed_read

NAMED = ("biographicData", "requestData", "documentData", "enrollmentFlags")
"""The groups to which attributes apply, by the standard's prose."""


def members(group):
    """Return the names of the members of a group, or of its first element."""
    first = group[0] if isinstance(group, list) else group
    return list(first) if isinstance(first, dict) else []


def narrowed(enrollments, enrollment, wanted):
    """Ask for groups of a record; return the answer that narrows, or the last, the groups and the whole record."""
    whole = enrollment.record()
    groups = [name for name in NAMED if whole.get(name)][:wanted]
    if len(groups) < wanted or not any(whole[name] for name in whole.keys() - {*groups, "enrollmentId", "status"}):
        cannot_tell("the record holds too few groups to ask for a part of them")
    names = [name for group in groups for name in members(whole[group])[:1]]

    def is_narrowed(response):
        return all(expect_object(response).get(group) for group in groups) and is_less(response, whole)

    return narrowed_read(enrollments, enrollment, groups, names, is_narrowed), groups, whole


def is_less(response, whole):
    """Return whether something of the whole record is missing in the answer; of a record that is not ours, anything."""
    return bool(differences(whole, expect_json(response)))


@requirement("ENR-READ-02")
def test_a_part_of_a_record_is_less_than_the_record(enrollments):
    response, [group], whole = narrowed(enrollments, enrollments.existing(), 1)
    got = expect_object(response)
    expect(bool(got.get(group)), f"{group} in the answer", f"it holds {listed(got)}", response)
    expect(is_less(response, whole), f"less than all, for {group} alone", "it holds the whole record", response)


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
