"""What may still happen to a finalized enrollment is the server's business, as long as its answers are true."""

import pytest

from osia_conformance.checks import (
    REFUSED,
    SUCCESS,
    documented_success,
    expect,
    expect_holds,
    expect_status,
    expect_unchanged,
    precondition,
    requirement,
)
from osia_conformance.checks.enrollment import (
    EVERY_BYTE,
    changed_enrollment,
    named_buffer,
    plain_patch,
    unless_processed,
)


def done_or_refused(response):
    """Judge the status; return whether the call was accepted."""
    return expect_status(response, documented_success(response), REFUSED).status in SUCCESS


@requirement("ENR-FINAL-01-{operation}")
@pytest.mark.parametrize("operation", ["UPDATE", "PATCH"])
def test_a_change_after_finalizing_shows_or_is_refused(enrollments, operation):
    body = changed_enrollment(enrollments, "FINALIZED") if operation == "UPDATE" else plain_patch(enrollments)
    with unless_processed(enrollments):
        enrollment, before = enrollments.finalized()
        response = enrollment.update(body) if operation == "UPDATE" else enrollment.patch(body)
        if done_or_refused(response):
            sent = {"biographicData": body["biographicData"]}
            expect_holds(sent, *enrollment.shown(), "the change that was accepted")
        else:
            expect_unchanged(before, *enrollment.shown(), names=enrollments.payloads.sent)


@requirement("ENR-FINAL-01-FINALIZE")
def test_finalizing_again_leaves_the_enrollment_finalized(enrollments):
    with unless_processed(enrollments):
        enrollment, before = enrollments.finalized()
        response = enrollment.finalize()
        done_or_refused(response)
        expect_unchanged(before, *enrollment.shown(), names=enrollments.payloads.sent)


@requirement("ENR-FINAL-01-DELETE")
def test_deleting_after_finalizing_removes_the_enrollment_or_is_refused(enrollments):
    with unless_processed(enrollments) as before_waiting:
        enrollment, before = enrollments.finalized()
        response = enrollment.delete()
        if done_or_refused(response):
            if enrollment.exists():
                before_waiting()
                enrollments.eventually("deletion", lambda: not enrollment.exists())
            exists, response = enrollment.existence()
            expect(not exists, "no enrollment after the delete", "it can still be read", response)
        else:
            expect_status(enrollment.read(), SUCCESS, what="the enrollment after the refused call")
            expect_unchanged(before, *enrollment.shown(), names=enrollments.payloads.sent)


@requirement("ENR-BUFFER-13")
def test_a_buffer_of_a_finalized_enrollment_answers_its_bytes_or_404(enrollments):
    enrollment = enrollments.created()
    buffer = enrollment.keep_buffer(EVERY_BYTE)
    precondition(enrollment.finalize())
    response = expect_status(enrollment.read_buffer(buffer), SUCCESS, 404)
    whole = response.status == 404 or response.body == EVERY_BYTE
    expect(whole, "the buffer's bytes, or 404", f"{len(response.body)} other bytes", response)


@requirement("ENR-FINAL-01-BUFWRITE")
def test_a_buffer_after_finalizing_is_kept_or_refused(enrollments):
    with unless_processed(enrollments):
        enrollment, before = enrollments.finalized()
        response = enrollment.send_buffer(EVERY_BYTE)
        if done_or_refused(response):
            kept = expect_status(enrollment.read_buffer(named_buffer(response)), SUCCESS)
            expect(kept.body == EVERY_BYTE, "the buffer that was accepted", f"{len(kept.body)} other bytes", kept)
        expect_unchanged(before, *enrollment.shown(), names=enrollments.payloads.sent)
