"""What a server keeps between calls, such as defaults, caches and sessions, shows in no other enrollment's answers."""

from osia_conformance.checks import (
    BAD_REQUEST,
    SUCCESS,
    differences,
    expect,
    expect_object,
    format_value,
    list_at,
    listed,
    precondition,
    requirement,
)
from osia_conformance.checks.enrollment import (
    EXTENSIBLE_BLOCKS,
    attribute_styles,
    block_in,
    changed_enrollment,
    other_member,
    without,
)

LISTS = ("biometricData", "documentData")


def members_of(record, sent, other):
    """Return what a record holds of another body and not of the one that was sent for it, by groups and members.

    Of a block two members at least: a single one may be a default of the server's own (RUL-OTHERS-DATA).
    """
    found = []
    for block in EXTENSIBLE_BLOCKS:
        theirs, own, got = (block_in(each, block) for each in (other, sent, record))
        names = [name for name, value in theirs.items() if own.get(name) != value and got.get(name) == value]
        found += [f"{block}.{name}" for name in names] if len(names) > 1 else []
    for group in LISTS:
        theirs, own = ([*each.get(group, [])] for each in (other, sent))
        items = [item for item in theirs if item not in own]
        held = list_at(record, group) if group in record else []
        found += [group] if any(not differences(item, each) for item in items for each in held) else []
    return found


def expect_own(enrollment, sent, *others):
    """Judge that an enrollment holds nothing of other bodies than the one that was sent for it."""
    record, response = enrollment.shown()
    found = [name for other in others for name in members_of(record, sent, other)]
    words = f"it holds {listed(found)} of another one"
    expect(not found, "an enrollment that holds what was sent for it alone", words, response)


@requirement("ENR-LIFE-04")
def test_an_enrollment_holds_nothing_of_another(enrollments, payloads):
    minimal = payloads.minimal()
    patch = without(changed_enrollment(enrollments), "status", "enrollmentType", "biometricData")
    enrollments.created()
    one, other = enrollments.created(minimal), enrollments.created(minimal)
    precondition(one.patch(patch))
    for enrollment in (other, enrollments.created(minimal)):
        expect_own(enrollment, minimal, enrollments.canonical(), patch)


@requirement("ENR-LIFE-04")
def test_an_update_takes_nothing_from_the_one_before(enrollments, payloads):
    one, other = enrollments.created(), enrollments.created()
    blocks = {name: payloads.other(name) for name in EXTENSIBLE_BLOCKS[1:] if name in enrollments.canonical()}
    others = {name: payloads.group(name, block) for name, block in blocks.items() if block}
    before = changed_enrollment(enrollments, **others)
    precondition(one.update(before))
    sent = {**payloads.minimal(), "biographicData": payloads.least(enrollments.marker)}
    precondition(other.update(sent))
    # What an update leaves out may be as it was (RUL-PUT).
    expect_own(other, enrollments.canonical(), before)


@requirement("ENR-LIFE-04")
def test_a_finalize_flag_counts_for_its_own_call(enrollments):
    enrollments.created(enrollments.canonical(status="FINALIZED"), finalize=True)
    record, response = enrollments.created().shown()
    found = record.get("status")
    words = f"the status is {format_value(found)}, as that of the one created before"
    expect(found != "FINALIZED", "an enrollment that is not finalized", words, response, member="$.status")


@requirement("ENR-LIFE-04")
def test_what_attributes_ask_for_is_of_the_enrollment_that_is_read(enrollments):
    changes = [other_member(enrollments, number) for number in range(2)]
    [name] = changes[0]
    values = [enrollments.canonical()["biographicData"][name], changes[0][name]]
    pair = [enrollments.created(enrollments.canonical(**{name: value})) for value in values]
    for names in attribute_styles(enrollments, ["biographicData"], [name]):
        for enrollment, value in zip(pair, values, strict=True):
            response = precondition(enrollment.read(*names), SUCCESS, BAD_REQUEST)
            if response.status in SUCCESS:
                record = expect_object(response)
                # Whose enrollment is answered is judged elsewhere.
                is_own = record.get("enrollmentId", enrollment.id) == enrollment.id
                got = block_in(record, "biographicData").get(name, value) if is_own else value
                words = f"it is {format_value(got)}, as in the one read before"
                expect(got == value, f"{name} {format_value(value)}", words, response)
