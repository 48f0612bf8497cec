"""deleteEnrollment: gone means gone, and nothing else goes."""

import pytest

from osia_conformance.checks import (
    REFUSED,
    SUCCESS,
    cannot_tell,
    expect,
    expect_status,
    precondition,
    requirement,
)
from osia_conformance.checks.enrollment import EVERY_BYTE, require_found, send_operation


def deleted(enrollments):
    """Create and delete an enrollment; return it with the delete's answer."""
    enrollment = enrollments.created()
    return enrollment, precondition(enrollment.delete())


def until_gone(enrollments, enrollment, *, judged=False):
    """Return the seconds until reading answers 404, None if it never does (RUL-VISIBILITY)."""
    return enrollments.eventually("deletion", lambda: enrollment.read().status == 404, judged=judged)


@requirement("ENR-DELETE-01")
def test_a_deleted_enrollment_cannot_be_read(enrollments, observe):
    enrollment = enrollments.created()
    precondition(enrollment.read(), 200)
    response = precondition(enrollment.delete())
    lag = until_gone(enrollments, enrollment, judged=True)
    if lag is None:
        expect_status(enrollment.read(), 404, what="404 when reading it")
    if lag:
        observe("RUL-VISIBILITY", "a deleted enrollment was still read at first", response)


@requirement("ENR-DELETE-02")
def test_a_deleted_enrollment_is_not_found(enrollments):
    kept, enrollment = enrollments.created(), enrollments.created()
    require_found(enrollments, [kept, enrollment])
    precondition(enrollment.delete())
    gone = enrollments.eventually_found([kept], lag="removal")
    names, response = enrollments.found()
    expect(gone or enrollment.id not in names, "a search without the deleted enrollment", "it is still found", response)


@requirement("ENR-DELETE-03")
def test_a_buffer_of_a_deleted_enrollment_answers_its_bytes_or_404(enrollments):
    enrollment = enrollments.created()
    buffer = enrollment.keep_buffer(EVERY_BYTE)
    data = precondition(enrollment.read_buffer(buffer)).body
    precondition(enrollment.delete())
    response = expect_status(enrollment.read_buffer(buffer), SUCCESS, 404)
    whole = response.status == 404 or response.body == data
    expect(whole, "the buffer's bytes, or 404", f"{len(response.body)} other bytes", response)


@requirement("ENR-DELETE-05")
def test_a_deleted_enrollment_cannot_be_deleted_again(enrollments):
    enrollment, _ = deleted(enrollments)
    if until_gone(enrollments, enrollment) is None:
        cannot_tell("the deleted enrollment is still there, which is judged elsewhere")
    expect_status(enrollment.delete(), 404)


@requirement("ENR-DELETE-04")
@pytest.mark.parametrize("operation", ["UPDATE", "PATCH", "FINALIZE"])
def test_a_deleted_enrollment_cannot_be_changed(enrollments, operation):
    enrollment, _ = deleted(enrollments)
    if until_gone(enrollments, enrollment) is None:
        cannot_tell("the deleted enrollment is still there, which is judged elsewhere")
    expect_status(send_operation(operation, enrollment, enrollments), REFUSED)
    exists, response = enrollment.existence()
    expect(not exists, "no enrollment after the refused call", "it can be read again", response)
