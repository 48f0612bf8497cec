"""An operation on one enrollment leaves all others alone."""

import pytest

from osia_conformance.checks import (
    SUCCESS,
    Inapplicable,
    expect,
    expect_status,
    expect_unchanged,
    is_uuid,
    precondition,
    requirement,
)
from osia_conformance.checks.enrollment import CHANGING_OPERATIONS, EVERY_BYTE, OperationCase, other_member

OWN = b"a buffer of its own"


@requirement("ENR-APART-01-{operation}")
@pytest.mark.parametrize("operation", [*CHANGING_OPERATIONS, "BUFWRITE"])
def test_other_enrollments_stay_as_they_were(enrollments, operation):
    others = [enrollments.created(enrollments.canonical(**other_member(enrollments, number))) for number in (0, 1)]
    subject = OperationCase(enrollments, operation)
    # The second one is there twice: a server may keep equal bytes once, but must not lose them for the other.
    buffers = {others[0].keep_buffer(data): data for data in (OWN, EVERY_BYTE)}
    if operation not in ("CREATE", "BUFWRITE"):
        subject.enrollment.keep_buffer(EVERY_BYTE)
    for buffer in buffers:
        precondition(others[0].read_buffer(buffer))
    before = [other.record() for other in others]
    precondition(subject.call())
    for other, record in zip(others, before, strict=True):
        expect_status(other.read(), SUCCESS, what="the other enrollment")
        expect_unchanged(record, *other.shown(), "the other enrollment", names=enrollments.payloads.sent)
    for buffer, data in buffers.items():
        kept = expect_status(others[0].read_buffer(buffer), SUCCESS, what="the other enrollment's buffer")
        expect(kept.body == data, "the other enrollment's buffer", f"{len(kept.body)} other bytes", kept)


@requirement("ENR-APART-01-DELETE")
def test_an_enrollment_whose_id_goes_on_stays(enrollments):
    longer = enrollments.created()
    if not is_uuid(longer.id):
        raise Inapplicable("the beginning of an id by this pattern may be somebody's id")
    shorter = enrollments.new(longer.id[:-1])
    if shorter.create(enrollments.canonical()).status not in SUCCESS:
        raise Inapplicable("this server takes no id that is shorter by a character")
    precondition(longer.read())
    precondition(shorter.delete())
    exists, response = longer.existence()
    expect(exists, "the enrollment whose id only begins so", "it is gone", response)
