"""An operation on one enrollment leaves all others alone."""

import pytest

from osia_conformance.checks import requirement
from osia_conformance.expectations import DONE, expect, expect_status, expect_unchanged, precondition
from osia_conformance.subjects import BYTES, CHANGING, Subject, other_member

OWN = b"a buffer of its own"


@requirement("ENR-APART-01-{operation}")
@pytest.mark.parametrize("operation", [*CHANGING, "BUFWRITE"])
def test_other_enrollments_stay_as_they_were(enrollments, operation):
    others = [enrollments.created(enrollments.canonical(**other_member(enrollments, number))) for number in (0, 1)]
    subject = Subject(enrollments, operation)
    # The second one is there twice: a server may keep equal bytes once, but must not lose them for the other.
    buffers = {others[0].keep_buffer(data): data for data in (OWN, BYTES)}
    if operation not in ("CREATE", "BUFWRITE"):
        subject.enrollment.keep_buffer(BYTES)
    for buffer in buffers:
        precondition(others[0].read_buffer(buffer))
    before = [other.record() for other in others]
    answer = precondition(subject.call())
    for other, record in zip(others, before, strict=True):
        expect_status(other.read(), DONE, what="the other enrollment")
        expect_unchanged(record, other.record(), answer, "the other enrollment")
    for buffer, data in buffers.items():
        kept = expect_status(others[0].read_buffer(buffer), DONE, what="the other enrollment's buffer")
        expect(kept.body == data, "the other enrollment's buffer", f"{len(kept.body)} other bytes", kept)
