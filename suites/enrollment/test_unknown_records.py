"""Enrollments that do not exist."""

import pytest

from osia_conformance.checks import REFUSED, SUCCESS, Inapplicable, expect, expect_status, requirement
from osia_conformance.checks.enrollment import send_operation


@requirement("ENR-UNKNOWN-01-{operation}")
@pytest.mark.parametrize("operation", ["READ", "UPDATE", "PATCH", "DELETE", "FINALIZE", "BUFREAD"])
def test_an_unknown_enrollment_is_not_found(enrollments, operation):
    response = send_operation(operation, enrollments.new(), enrollments, buffer="no-such-buffer")
    expect_status(response, 404, sent="an id that does not exist")


@requirement("ENR-UNKNOWN-02-{operation}")
@pytest.mark.parametrize("operation", ["UPDATE", "PATCH", "FINALIZE"])
def test_a_call_for_an_unknown_enrollment_creates_none(enrollments, operation):
    enrollment = enrollments.new()
    send_operation(operation, enrollment, enrollments)
    exists, shown = enrollment.existence()
    expect(not exists, "no enrollment by this id", "it can be read after the call", shown)


@requirement("ENR-UNKNOWN-02-BUFWRITE")
def test_a_refused_buffer_creates_no_enrollment(enrollments):
    enrollment = enrollments.new()
    response = send_operation("BUFWRITE", enrollment, enrollments)
    if response.status in SUCCESS:
        raise Inapplicable("this server takes buffers before the create")
    exists, shown = enrollment.existence()
    expect(not exists, "no enrollment by this id", "it can be read after the refused buffer", shown)


@requirement("ENR-UNKNOWN-03")
def test_deleting_an_unknown_enrollment_is_done_or_refused(enrollments):
    expect_status(enrollments.new().delete(), 204, REFUSED, sent="an id that does not exist")
