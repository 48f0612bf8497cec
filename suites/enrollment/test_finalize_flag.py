"""finalize as a flag of create, update and patch."""

import pytest

from osia_conformance.checks import (
    BAD_REQUEST,
    expect,
    expect_holds,
    expect_status,
    format_value,
    precondition,
    requirement,
)
from osia_conformance.checks.enrollment import (
    WRITING_OPERATIONS,
    OperationCase,
    plain_body,
    refusal_of,
)

OPERATIONS = pytest.mark.parametrize("operation", WRITING_OPERATIONS)


def sent(enrollments, operation, finalize):
    """Send the operation with the flag; return its body, the record that is then read, and the answer that shows it."""
    status = "FINALIZED" if finalize else "IN_PROGRESS"
    enrollment = OperationCase(enrollments, operation).enrollment
    body = plain_body(enrollments, operation, status)
    precondition(enrollment.write(operation, body, finalize=finalize))
    return body, *enrollment.shown()


def expect_status_after(enrollments, operation, finalize, wanted):
    """Send the operation with the flag, and judge the status that a read then shows."""
    _, record, response = sent(enrollments, operation, finalize)
    found = record.get("status")
    expect(found == wanted, f"status {wanted}", f"the status is {format_value(found)}", response, member="$.status")


@requirement("ENR-FLAG-01-{operation}")
@OPERATIONS
def test_finalize_true_finalizes(enrollments, operation):
    expect_status_after(enrollments, operation, True, "FINALIZED")


@requirement("ENR-FLAG-02-{operation}")
@OPERATIONS
def test_without_finalize_the_enrollment_stays_open(enrollments, operation):
    expect_status_after(enrollments, operation, None, "IN_PROGRESS")


@requirement("ENR-FLAG-03-{operation}")
@OPERATIONS
def test_finalize_false_leaves_the_enrollment_open(enrollments, operation):
    expect_status_after(enrollments, operation, False, "IN_PROGRESS")


@requirement("ENR-FLAG-05-{operation}")
@pytest.mark.parametrize("operation", ["UPDATE", "PATCH"])
def test_what_comes_with_finalize_true_is_stored(enrollments, operation):
    body, record, response = sent(enrollments, operation, True)
    expect_holds({"biographicData": body["biographicData"]}, record, response, "the biographic data sent")


@requirement("ENR-FLAG-04-{operation}")
@OPERATIONS
def test_a_finalize_that_is_no_boolean_is_refused(enrollments, operation):
    expect_status(refusal_of(enrollments, operation, "bad-finalize"), BAD_REQUEST, sent="finalize=maybe")
