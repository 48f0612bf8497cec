"""What may still happen to a finalized enrollment is the server's business, as long as its answers are true."""

import pytest

from osia_conformance.checks import requirement
from osia_conformance.expectations import (
    DONE,
    REFUSED,
    documented_success,
    eventually,
    expect,
    expect_holds,
    expect_json,
    expect_status,
    expect_unchanged,
    one_of,
    precondition,
)
from osia_conformance.rules.afterwards import unless_processed
from osia_conformance.samples import without
from osia_conformance.subjects import BYTES, changed, plain_patch


def done_or_refused(answer):
    """Judge the status; return whether the call was accepted."""
    return expect_status(answer, one_of(documented_success(answer), REFUSED)).status in DONE


@requirement("ENR-FINAL-01-{operation}")
@pytest.mark.parametrize("operation", ["UPDATE", "PATCH"])
def test_a_change_after_finalizing_shows_or_is_refused(enrollments, operation):
    body = changed(enrollments, "FINALIZED") if operation == "UPDATE" else plain_patch(enrollments)
    with unless_processed(enrollments):
        enrollment, before = enrollments.finalized()
        answer = enrollment.update(body) if operation == "UPDATE" else enrollment.patch(body)
        if done_or_refused(answer):
            expect_holds(without(body, "status"), enrollment.record(), answer, "the change that was accepted")
        else:
            expect_unchanged(before, enrollment.record(), answer)


@requirement("ENR-FINAL-01-FINALIZE")
def test_finalizing_again_leaves_the_enrollment_finalized(enrollments):
    with unless_processed(enrollments):
        enrollment, before = enrollments.finalized()
        answer = enrollment.finalize()
        done_or_refused(answer)
        expect_unchanged(before, enrollment.record(), answer)


@requirement("ENR-FINAL-01-DELETE")
def test_deleting_after_finalizing_removes_the_enrollment_or_is_refused(enrollments):
    with unless_processed(enrollments):
        enrollment, before = enrollments.finalized()
        answer = enrollment.delete()
        if done_or_refused(answer):
            gone = eventually(lambda: not enrollment.exists(), enrollments.visible_within) is not None
            expect(gone, "no enrollment after the delete", "it can still be read", answer)
        else:
            expect_status(enrollment.read(), DONE, what="the enrollment after the refused call")
            expect_unchanged(before, enrollment.record(), answer)


@requirement("ENR-BUFFER-13")
def test_a_buffer_of_a_finalized_enrollment_answers_its_bytes_or_404(enrollments):
    enrollment = enrollments.created()
    buffer = enrollment.keep_buffer(BYTES)
    precondition(enrollment.finalize())
    answer = expect_status(enrollment.read_buffer(buffer), one_of(DONE, 404))
    whole = answer.status == 404 or answer.body == BYTES
    expect(whole, "the buffer's bytes, or 404", f"{len(answer.body)} other bytes", answer)


@requirement("ENR-FINAL-01-BUFWRITE")
def test_a_buffer_after_finalizing_is_kept_or_refused(enrollments):
    with unless_processed(enrollments):
        enrollment, before = enrollments.finalized()
        answer = enrollment.send_buffer(BYTES)
        if done_or_refused(answer):
            kept = expect_status(enrollment.read_buffer(str(expect_json(answer).get("bufferId"))), DONE)
            expect(kept.body == BYTES, "the buffer that was accepted", f"{len(kept.body)} other bytes", kept)
        expect_unchanged(before, enrollment.record(), answer)
