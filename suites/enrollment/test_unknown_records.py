"""Enrollments that do not exist."""

import pytest

from osia_conformance.checks import requirement
from osia_conformance.expectations import DONE, REFUSED, Inapplicable, expect, expect_status, one_of
from osia_conformance.subjects import send


@requirement("ENR-UNKNOWN-01-{operation}")
@pytest.mark.parametrize("operation", ["READ", "UPDATE", "PATCH", "DELETE", "FINALIZE", "BUFREAD"])
def test_an_unknown_enrollment_is_not_found(enrollments, operation):
    answer = send(operation, enrollments.new(), enrollments, buffer="no-such-buffer")
    expect_status(answer, 404, sent="an id that does not exist")


@requirement("ENR-UNKNOWN-02-{operation}")
@pytest.mark.parametrize("operation", ["UPDATE", "PATCH", "FINALIZE"])
def test_a_call_for_an_unknown_enrollment_creates_none(enrollments, operation):
    enrollment = enrollments.new()
    answer = send(operation, enrollment, enrollments)
    expect(not enrollment.exists(), "no enrollment by this id", "it can be read after the call", answer)


@requirement("ENR-UNKNOWN-02-BUFWRITE")
def test_a_refused_buffer_creates_no_enrollment(enrollments):
    enrollment = enrollments.new()
    answer = send("BUFWRITE", enrollment, enrollments)
    if answer.status in DONE:
        raise Inapplicable("this server takes buffers before the create")
    expect(not enrollment.exists(), "no enrollment by this id", "it can be read after the refused buffer", answer)


@requirement("ENR-UNKNOWN-03")
def test_deleting_an_unknown_enrollment_is_done_or_refused(enrollments):
    expect_status(enrollments.new().delete(), one_of(204, REFUSED))
