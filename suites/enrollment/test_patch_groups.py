"""partialUpdateEnrollment of what an enrollment has beside its biographic data: the type and the other open blocks."""

import pytest

from osia_conformance.checks import (
    SUCCESS,
    Inapplicable,
    Untested,
    expect,
    expect_holds,
    expect_status,
    format_value,
    listed,
    object_at,
    requirement,
    versions,
)
from osia_conformance.checks.enrollment import REFUSALS, is_server_default, merge_patch

CONTEXT = pytest.param("contextualData", marks=versions(">=1.1.0"))
OBJECTS = [pytest.param(name, marks=versions(">=1.2.0")) for name in ("requestData", "enrollmentFlags")]
"""Up to 1.1.0 these are lists."""


def patched(enrollments, observe, patch):
    """Create, patch and read an enrollment; return the record with the answer that shows it.

    What a create refuses, too, is left out: patches of biographic data show the same (RUL-RANDOM-DATA).
    """
    enrollment = enrollments.created()
    response = enrollment.patch(patch)
    if response.status in REFUSALS:
        offered = enrollments.new().create(merge_patch(enrollments.canonical(), patch))
        if offered.status in REFUSALS:
            text = f"what a patch of {listed(patch)} would leave is refused by a create, too"
            observe("RUL-RANDOM-DATA", text, offered)
            raise Inapplicable(f"{text}: a rule of the server's own, perhaps, which [profile] can state")
    expect_status(response, SUCCESS)
    return enrollment.shown()


def patched_once(enrollments, observe, once, group):
    """Patch one member of a group; return the member, the record and the answer, which several rules look at."""
    member = one_change(enrollments, group)

    def fetched():
        yield patched(enrollments, observe, {group: member})

    [(record, response)] = once(f"a patch of {group}", fetched)
    return member, record, response


def one_change(enrollments, group):
    """Return a member of a group with another value than the canonical one, as the profile allows it."""
    if group not in enrollments.canonical():
        raise Inapplicable(f"the profile leaves {group} empty")
    block = enrollments.payloads.profile.blocks[group]
    for name, values in block.alternatives.items():
        for value in values[1:]:
            if block.fits({**block.canonical, name: value}):
                return {name: value}
    raise Untested(f"the profile has one value of {group}; state a schema or more examples")


@requirement("ENR-PATCH-01")
def test_the_enrollment_type_gets_its_new_value(enrollments, observe, profile):
    others = profile.enrollment_types[1:]
    if not others:
        raise Untested("the profile has one enrollment type")
    patch = {"enrollmentType": others[0]}
    record, response = patched(enrollments, observe, patch)
    expect_holds(patch, record, response, "the patched type")


@requirement("ENR-PATCH-01")
@pytest.mark.parametrize("group", [*OBJECTS, CONTEXT])
def test_a_member_of_a_group_gets_its_new_value(enrollments, observe, once, group):
    member, record, response = patched_once(enrollments, observe, once, group)
    expect_holds(member, record.get(group), response, f"the patched member of {group}")


@requirement("ENR-PATCH-05")
@versions("<1.2.0")
@pytest.mark.parametrize("group", ["requestData", "enrollmentFlags"])
def test_a_group_that_is_a_list_is_replaced_whole(enrollments, observe, profile, group):
    change = one_change(enrollments, group)
    patch = {group: [{**profile.blocks[group].canonical, **change}]}
    record, response = patched(enrollments, observe, patch)
    expect_holds(patch, record, response, "the list that was sent")


@requirement("ENR-PATCH-02")
@pytest.mark.parametrize("group", OBJECTS)
def test_other_members_of_a_group_stay(enrollments, observe, once, group):
    member, record, response = patched_once(enrollments, observe, once, group)
    rest = {name: value for name, value in enrollments.canonical()[group].items() if name not in member}
    if not rest:
        raise Inapplicable(f"the profile has one member of {group}")
    expect_holds(rest, record.get(group), response, f"what the patch does not name of {group}")


@requirement("ENR-PATCH-03")
@pytest.mark.parametrize("group", [*OBJECTS, CONTEXT])
def test_null_removes_a_member_of_a_group(enrollments, observe, profile, group):
    block = profile.blocks[group]
    if group not in enrollments.canonical() or not block.optional:
        raise Inapplicable(f"the profile lets no member of {group} go")
    name = min(block.optional)
    patch = {group: {name: None}}
    record, response = patched(enrollments, observe, patch)
    wanted = merge_patch(enrollments.canonical(), patch)
    left = object_at(record, group).get(name)
    gone = left is None or is_server_default(enrollments, wanted, record, group, name)
    expect(gone, f"{name} of {group} removed", f"{name} is {format_value(left)}", response)
