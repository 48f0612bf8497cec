"""finalizeEnrollment: the data is complete, and stays what it is."""

from osia_conformance.checks import expect, expect_holds, format_value, precondition, requirement
from osia_conformance.checks.enrollment import without


@requirement("ENR-FINALIZE-01")
def test_finalizing_leaves_the_enrollment_finalized(enrollments):
    enrollment = enrollments.created()
    precondition(enrollment.finalize())
    record, response = enrollment.shown()
    status = record.get("status")
    expect(
        status == "FINALIZED",
        "status FINALIZED",
        f"the status is {format_value(status)}",
        response,
        member="$.status",
    )


@requirement("ENR-FINALIZE-02")
def test_finalizing_leaves_the_data(enrollments):
    enrollment = enrollments.created()
    before = without(enrollments.payloads.sent.only(enrollment.record()), "status")
    precondition(enrollment.finalize())
    expect_holds(before, *enrollment.shown())
