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
    first,
    other_member,
    without,
)

LISTS = ("biometricData", "documentData")


def held_members(record, sent, other):
    """Return what the blocks of a record hold of another body and not of the one that was sent for it, by blocks."""
    held = {}
    for block in EXTENSIBLE_BLOCKS:
        theirs, own, got = (block_in(each, block) for each in (other, sent, record))
        held[block] = {name: each for name, each in theirs.items() if own.get(name) != each and got.get(name) == each}
    return {block: members for block, members in held.items() if members}


def held_lists(record, sent, other):
    """Return the lists of a record that hold an item of another body and not of the one that was sent for it."""
    found = []
    for group in LISTS:
        theirs, own = ([*each.get(group, [])] for each in (other, sent))
        items = [item for item in theirs if item not in own]
        held = list_at(record, group) if group in record else []
        found += [group] if any(not differences(item, each) for item in items for each in held) else []
    return found


def other_blocks(enrollments, held):
    """Return these blocks with other values of the members that were held, as far as the profile has such."""
    blocks, marker = {}, dict([enrollments.searched])
    for name, members in held.items():
        choices = [first(enrollments.canonical()[name]), enrollments.payloads.other(name) or {}]
        block = max(choices, key=lambda each: sum(each.get(one) != value for one, value in members.items()))
        blocks[name] = {**block, **marker} if name == "biographicData" else block
    return blocks


def followed_members(enrollments, held, write_twin):
    """Return those of the held members that are no default of the server's own (RUL-OTHERS-DATA): this check's marker,
    and what has other values in a twin that was written after these were sent for another enrollment."""
    blocks = other_blocks(enrollments, held)
    record = write_twin({name: enrollments.payloads.group(name, block) for name, block in blocks.items()}).record()
    found = []
    for name, members in held.items():
        got, others = block_in(record, name), blocks[name]
        changed = [one for one, value in members.items() if others.get(one, value) != value]
        followed = [one for one in changed if got.get(one) == others[one]]
        found += [f"{name}.{one}" for one in members if one in followed or (one, members[one]) == enrollments.searched]
    return found


def expect_own(enrollments, enrollment, sent, *others, write_twin):
    """Judge that an enrollment holds nothing of other bodies than the one that was sent for it.

    `write_twin` sends blocks as those bodies were sent, and returns an enrollment that is written as this one was.
    """
    record, response = enrollment.shown()
    found = [name for other in others for name in held_lists(record, sent, other)]
    for held in filter(None, (held_members(record, sent, other) for other in others)):
        found += followed_members(enrollments, held, write_twin)
    words = f"it holds {listed(dict.fromkeys(found))} of another one"
    expect(not found, "an enrollment that holds what was sent for it alone", words, response)


@requirement("ENR-LIFE-04")
def test_an_enrollment_holds_nothing_of_another(enrollments, payloads):
    minimal = payloads.minimal()
    patch = without(changed_enrollment(enrollments), "status", "enrollmentType", "biometricData")
    enrollments.created()
    one, other = enrollments.created(minimal), enrollments.created(minimal)
    precondition(one.patch(patch))

    def write_twin(blocks):
        enrollments.created({**enrollments.canonical(), **blocks})
        precondition(one.patch({**patch, **blocks}))
        return enrollments.created(minimal)

    bodies = enrollments.canonical(), patch
    for enrollment in (other, enrollments.created(minimal)):
        expect_own(enrollments, enrollment, minimal, *bodies, write_twin=write_twin)


@requirement("ENR-LIFE-04")
def test_an_update_takes_nothing_from_the_one_before(enrollments, payloads):
    one, other = enrollments.created(), enrollments.created()
    blocks = {name: payloads.other(name) for name in EXTENSIBLE_BLOCKS[1:] if name in enrollments.canonical()}
    others = {name: payloads.group(name, block) for name, block in blocks.items() if block}
    before = changed_enrollment(enrollments, **others)
    sent = {**payloads.minimal(), "biographicData": payloads.least(enrollments.marker)}

    def write_twin(blocks):
        precondition(one.update({**before, **blocks}))
        twin = enrollments.created()
        precondition(twin.update(sent))
        return twin

    precondition(one.update(before))
    precondition(other.update(sent))
    # What an update leaves out may be as it was (RUL-PUT).
    expect_own(enrollments, other, enrollments.canonical(), before, write_twin=write_twin)


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
        for enrollment, value, other in zip(pair, values, reversed(values), strict=True):
            response = precondition(enrollment.read(*names), SUCCESS, BAD_REQUEST)
            if response.status in SUCCESS:
                record = expect_object(response)
                # Whose enrollment is answered, and what a create or a read loses, is judged elsewhere.
                is_own = record.get("enrollmentId", enrollment.id) == enrollment.id
                got = block_in(record, "biographicData").get(name, value) if is_own else value
                is_other = bool(differences(value, got)) and not differences(other, got)
                wanted, words = f"{name} {format_value(value)}", f"it is {format_value(got)}, as in the one read before"
                expect(not is_other, wanted, words, response, member=f"$.biographicData.{name}")
