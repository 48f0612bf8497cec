"""partialUpdateEnrollment: the merge patch of RFC 7396, as far as an enrollment can show it."""

import pytest

from osia_conformance.checks import (
    REFUSED,
    SUCCESS,
    Inapplicable,
    expect,
    expect_holds,
    expect_status,
    expect_unchanged,
    given,
    list_at,
    object_at,
    precondition,
    requirement,
    show,
    versions,
)
from osia_conformance.checks.enrollment import (
    biographic_patches,
    expect_replaced,
    expect_write_accepted,
    identities,
    is_server_default,
    merge_patch,
    other_members,
    plain_patch,
    without,
)

OTHERS = (
    *("enrollmentType", "enrollmentFlags", "requestData", "contextualData"),
    *("biometricData", "documentData", "status"),
)
"""What a patch of biographic data leaves alone."""


def patched(enrollments, patch, **biographics):
    """Create with these biographic members, patch, and return the record that is then read, and the answer to that.

    Nothing is read before, so that a stale read does not pass for a patch that was not done.
    """
    body = enrollments.canonical(**biographics)
    enrollment = enrollments.created(body)
    expect_write_accepted(enrollments, enrollment.patch(patch), merge_patch(body, patch))
    return enrollment.shown()


def compared(enrollments, patch, body=None):
    """Create, patch, and return the record before and after, with the answer that shows the latter."""
    body = body or enrollments.canonical()
    enrollment = enrollments.created(body)
    before = enrollment.record()
    expect_write_accepted(enrollments, enrollment.patch(patch), merge_patch(body, patch))
    return before, *enrollment.shown()


def biographics(record):
    """Return the biographic data of a record; none at all is an empty object."""
    return object_at(record, "biographicData")


def changes(payloads):
    return biographic_patches(payloads)


def removals(payloads):
    return biographic_patches(payloads, removing=True)


def either(payloads):
    return changes(payloads) | removals(payloads) if payloads.optional else changes(payloads)


@requirement("ENR-PATCH-01")
@pytest.mark.parametrize("count", [1, 2], ids=["one", "two"])
def test_a_member_gets_its_new_value(enrollments, count):
    patch = {"biographicData": other_members(enrollments, count)}
    after, response = patched(enrollments, patch)
    expect_holds(patch, after, response, "the patched members")


@requirement("ENR-PATCH-01")
def test_a_member_that_was_not_there_is_added(enrollments, payloads):
    added = {"documentData": [payloads.document()]}
    enrollment = enrollments.created(payloads.minimal())
    precondition(enrollment.patch(added))
    expect_holds(added, *enrollment.shown(), "the added member")


@requirement("ENR-PATCH-02")
@given(patch=changes)
def test_members_outside_the_patch_stay(enrollments, payloads, patch):
    before, after, response = compared(enrollments, {"biographicData": patch})
    rest = {name: value for name, value in biographics(before).items() if name not in patch}
    kept = {name: before[name] for name in OTHERS if name in before}
    others = enrollments.payloads.sent.only({**kept, "biographicData": rest})
    expect_holds(others, after, response, "what the patch does not name,")


@requirement("ENR-PATCH-03")
@given(patch=removals)
def test_null_removes_the_member(enrollments, payloads, patch):
    after, response = patched(enrollments, {"biographicData": patch})
    wanted = merge_patch(enrollments.canonical(), {"biographicData": patch})
    left = {name for name, value in patch.items() if value is None and name in biographics(after)}
    left = {name for name in left if not is_server_default(enrollments, wanted, after, "biographicData", name)}
    shown = ", ".join(f"{name} is {show(biographics(after)[name])}" for name in sorted(left))
    expect(not left, f"{', '.join(sorted(patch))} removed", shown, response)


@requirement("ENR-PATCH-03")
@pytest.mark.parametrize(
    "group",
    [
        *("documentData", "requestData", "enrollmentFlags", "biographicData"),
        pytest.param("contextualData", marks=versions(">=1.1.0")),
    ],
)
def test_null_removes_a_whole_group(enrollments, profile, group):
    if group not in enrollments.canonical():
        raise Inapplicable(f"the profile leaves {group} empty")
    if group in profile.settings.required:
        raise Inapplicable(f"the profile says that each enrollment must have {group}")
    after, response = patched(enrollments, {group: None})
    removed = after.get(group) in (None, [], {})
    removed = removed or is_server_default(enrollments, without(enrollments.canonical(), group), after, group)
    expect(removed, f"{group} removed", f"{group} is {show(after.get(group))}", response)


@requirement("ENR-PATCH-03")
@pytest.mark.parametrize(
    "member",
    [
        pytest.param("biometricData", marks=versions(">=1.1.0")),
        pytest.param("enrollmentType", marks=versions(">=1.2.0")),
    ],
)
def test_null_removes_what_older_versions_require(enrollments, profile, member):
    if member in profile.settings.required:
        raise Inapplicable(f"the profile says that each enrollment must have {member}")
    enrollment, rest = enrollments.created(), without(enrollments.canonical(), member)
    expect_write_accepted(enrollments, enrollment.patch({member: None}), rest)
    after, response = enrollment.shown()
    removed = after.get(member) in (None, [], "") or is_server_default(enrollments, rest, after, member)
    expect(removed, f"{member} removed", f"{member} is {show(after.get(member))}", response)


@requirement("ENR-PATCH-05")
def test_documents_are_replaced_whole(enrollments, payloads):
    documents = [payloads.passport("only")]
    after, response = patched(enrollments, {"documentData": documents})
    expect_holds({"documentData": identities(documents)}, after, response, "the list that was sent")


@requirement("ENR-PATCH-05")
def test_an_empty_list_takes_the_place_of_the_documents(enrollments, payloads, profile):
    if "documentData" in profile.settings.required:
        raise Inapplicable("the profile says that each enrollment must have documentData")
    enrollment, rest = enrollments.created(), without(enrollments.canonical(), "documentData")
    # A create may lose the documents, which is judged elsewhere: an empty list would then replace nothing.
    precondition(enrollment.patch({"documentData": [payloads.passport()]}))
    expect_write_accepted(enrollments, enrollment.patch({"documentData": []}), {**rest, "documentData": []})
    after, response = enrollment.shown()
    left = list_at(after, "documentData")
    gone = not left or is_server_default(enrollments, rest, after, "documentData")
    expect(gone, "no documents", f"there are {len(left)}", response)


@requirement("ENR-PATCH-05")
def test_biometrics_are_replaced_whole(enrollments, payloads):
    fingers = [payloads.fingerprint(finger) for finger in ("LEFT_THUMB", "LEFT_RING")]
    after, response = patched(enrollments, {"biometricData": fingers})
    expect_holds({"biometricData": identities(fingers)}, after, response, "the list that was sent")


@requirement("ENR-PATCH-05")
def test_a_list_is_replaced_and_not_merged_element_by_element(enrollments):
    documents = [{"documentType": "ID_CARD", "parts": [{"pages": [7]}]}]
    before, after, response = compared(enrollments, {"documentData": documents})
    if not is_server_default(
        enrollments, {**enrollments.canonical(), "documentData": documents}, after, "documentData"
    ):
        expect_replaced(documents, after.get("documentData"), before.get("documentData"), response)


@requirement("ENR-PATCH-07")
def test_null_on_an_absent_member_changes_nothing(enrollments, payloads):
    if not payloads.optional:
        raise Inapplicable("the profile lets no biographic member go")
    name, body = payloads.optional[-1], enrollments.canonical()
    del body["biographicData"][name]
    before, after, response = compared(enrollments, {"biographicData": {name: None}}, body)
    expect_unchanged(before, after, response, names=enrollments.payloads.sent)


@requirement("ENR-PATCH-10")
@pytest.mark.parametrize("patch", [{}, {"biographicData": {}}], ids=["no-member", "empty-object"])
def test_an_empty_patch_changes_nothing(enrollments, patch):
    before, after, response = compared(enrollments, patch)
    expect_unchanged(before, after, response, names=enrollments.payloads.sent)


@requirement("ENR-PATCH-11")
@pytest.mark.parametrize(
    "member",
    [
        # Of 1.1.0 and later the server's own, and in each of its answers.
        "status",
        pytest.param("enrollmentType", marks=versions("<1.2.0")),
        pytest.param("biometricData", marks=versions("==1.0.0")),
    ],
)
def test_null_on_a_required_member_is_refused_or_harmless(enrollments, specification, member):
    enrollment = enrollments.created()
    before = specification.breaches("Enrollment", enrollment.record())
    expect_status(enrollment.patch({member: None}), SUCCESS, REFUSED)
    record, response = enrollment.shown()
    found = [str(breach) for breach in specification.breaches("Enrollment", record) if breach not in before]
    wanted = f"a refusal of {member} null, or a record that fits the schema"
    expect(not found, wanted, f"the record breaks it: {'; '.join(found)}", response)


@requirement("ENR-PATCH-11")
def test_null_on_a_member_that_the_profile_requires_is_refused_or_harmless(enrollments, profile):
    block = profile.biographics
    needed = [name for name in block.canonical if name not in block.optional]
    if block.schema is None or not needed:
        raise Inapplicable("the profile requires no biographic member")
    for name in needed:
        enrollment = enrollments.created()
        expect_status(enrollment.patch({"biographicData": {name: None}}), SUCCESS, REFUSED)
        record, response = enrollment.shown()
        found = block.misfit(enrollments.payloads.sent.only(biographics(record)))
        expect(found is None, "a refusal, or biographic data that fits the profile", found or "", response)


@requirement("ENR-PATCH-12")
@pytest.mark.parametrize("group", ["biographicData", "enrollmentType", "documentData", "enrollmentFlags"])
def test_a_patch_needs_only_what_changes(enrollments, group):
    plain = enrollments.canonical()
    if group not in plain:
        raise Inapplicable(f"the profile leaves {group} empty")
    patch = plain_patch(enrollments) if group == "biographicData" else {group: plain[group]}
    expect_write_accepted(enrollments, enrollments.created().patch(patch), merge_patch(plain, patch))


@requirement("ENR-PATCH-13")
@given(patch=either, times=0.5)
def test_the_same_patch_again_changes_nothing_more(enrollments, payloads, patch):
    enrollment = enrollments.created()
    precondition(enrollment.patch({"biographicData": patch}))
    once = enrollment.record()
    precondition(enrollment.patch({"biographicData": patch}))
    expect_unchanged(once, *enrollment.shown(), names=enrollments.payloads.sent)
