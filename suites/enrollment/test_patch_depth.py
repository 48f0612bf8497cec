"""partialUpdateEnrollment below the first level: RFC 7396 knows no depth at which merging ends (RUL-MERGE-DEPTH)."""

import pytest

from osia_conformance.checks import Inapplicable, Untested, expect_holds, precondition, requirement, versions
from osia_conformance.checks.enrollment import (
    EXTENSIBLE_BLOCKS,
    EXTENSION,
    REFUSALS,
    expect_members_merged,
    expect_write_accepted,
    nested_objects,
    open_block,
    with_members,
    without,
)


def expect_extension_merged(enrollments, member, patch):
    """Judge that a member of a free form becomes what RFC 7396 makes of it and the patch."""
    expect_members_merged(enrollments, open_block(enrollments), {EXTENSION: member}, {EXTENSION: patch})


@requirement("ENR-PATCH-01")
def test_groups_that_were_not_there_are_added(enrollments, payloads):
    plain, least = enrollments.canonical(), payloads.minimal()
    added = {name: plain[name] for name in EXTENSIBLE_BLOCKS if isinstance(plain.get(name), dict) and name not in least}
    if not added:
        raise Inapplicable("the profile says that each enrollment must have all of these groups")
    enrollment = enrollments.new()
    response = enrollment.create(least)
    if response.status in REFUSALS:
        # By a rule of business, who somebody is may be needed from the first (RUL-RANDOM-DATA).
        added.pop("biographicData", None)
        least = without(plain, *added)
        enrollment = enrollments.created(least)
    else:
        precondition(response)
    expect_write_accepted(enrollments, enrollment.patch(added), {**least, **added})
    expect_holds(added, *enrollment.shown(), "the added groups")


@requirement("ENR-PATCH-01")
def test_a_member_whose_name_has_dots_gets_its_new_value(enrollments):
    name = "2.5.4.4"
    expect_members_merged(enrollments, open_block(enrollments), {name: "muster"}, {name: "sample"})


@requirement("ENR-PATCH-04")
@pytest.mark.parametrize(
    ("member", "patch"),
    [
        ({"a": {"b": {"c": 1, "d": 2}, "e": 3}, "f": 4}, {"a": {"b": {"c": 9}}}),
        ("text", ""),
        (True, False),
    ],
    ids=["deep", "empty", "false"],
)
def test_objects_are_merged_at_every_depth(enrollments, member, patch):
    expect_extension_merged(enrollments, member, patch)


@requirement("ENR-PATCH-04")
def test_an_object_within_a_block_is_merged(enrollments):
    changes = [(nested, nested.changed()) for nested in nested_objects(enrollments)]
    known = [(nested, change) for nested, change in changes if change]
    if not known:
        raise Untested("the profile gives each member of such an object one value; state a schema or more examples")
    for nested, change in known:
        expect_members_merged(enrollments, nested.group, nested.members, change)


@requirement("ENR-PATCH-05")
@versions("<1.3.0")
def test_null_in_a_list_is_an_element_like_any_other(enrollments, observe):
    elements, group = [None, "b", None], open_block(enrollments)
    offered = enrollments.new().create(with_members(enrollments, group, {EXTENSION: elements}))
    if offered.status in REFUSALS:
        observe("RUL-EXTENSIBLE", "null in a list of an open block is refused", offered)
        raise Inapplicable("the open blocks have a schema of the server's own, which knows no null")
    expect_extension_merged(enrollments, ["a"], elements)


@requirement("ENR-PATCH-06")
@pytest.mark.parametrize(
    ("member", "patch"),
    [("text", {"a": 1}), ({"a": 1}, "text"), ([1, 2], {"a": 1}), ({"a": 1}, [1, 2]), (["a"], "text")],
    ids=["text-to-object", "object-to-text", "list-to-object", "object-to-list", "list-to-text"],
)
def test_a_value_of_another_kind_takes_the_place(enrollments, member, patch):
    expect_extension_merged(enrollments, member, patch)


@requirement("ENR-PATCH-08")
@pytest.mark.parametrize(
    "patch",
    [pytest.param({"a": {"b": None}}, marks=versions("<1.3.0")), {"a": None}, {"a": {"b": None, "x": 5}}],
    ids=["deep", "near", "both"],
)
def test_null_removes_at_every_depth(enrollments, patch):
    expect_extension_merged(enrollments, {"a": {"b": 1, "c": 2}, "d": 3}, patch)


@requirement("ENR-PATCH-08")
def test_null_removes_a_member_of_an_object_within_a_block(enrollments):
    removable = [nested for nested in nested_objects(enrollments) if nested.optional]
    if not removable:
        raise Inapplicable("the profile lets no member of an object within a block go")
    for nested in removable:
        patch = nested.patch({nested.optional[-1]: None})
        expect_members_merged(enrollments, nested.group, nested.members, patch)


@requirement("ENR-PATCH-09")
@pytest.mark.parametrize("member", ["text", {"z": 1}], ids=["in-place-of-text", "beside-others"])
def test_a_new_object_comes_without_its_nulls(enrollments, member):
    expect_extension_merged(enrollments, member, {"a": {"b": None, "c": 1, "d": {"e": None}}})


@requirement("ENR-PATCH-09")
def test_a_new_object_within_a_block_comes_without_its_nulls(enrollments):
    added = [
        nested for nested in nested_objects(enrollments) if nested.optional and nested.members_without() is not None
    ]
    if not added:
        raise Inapplicable("the profile lets no object within a block, and no member of it, go")
    for nested in added:
        patch = nested.patch({**nested.value, nested.optional[-1]: None})
        expect_members_merged(enrollments, nested.group, nested.members_without(), patch)
