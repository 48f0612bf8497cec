"""finalizeEnrollment: the data is complete, and stays what it is."""

from osia_conformance.checks import requirement
from osia_conformance.echo import told
from osia_conformance.expectations import expect, expect_holds, precondition
from osia_conformance.samples import ours, without


@requirement("ENR-FINALIZE-01")
def test_finalizing_leaves_the_enrollment_finalized(enrollments):
    enrollment = enrollments.created()
    answer = precondition(enrollment.finalize())
    status = enrollment.record().get("status")
    expect(status == "FINALIZED", "status FINALIZED", f"the status is {told(status)}", answer)


@requirement("ENR-FINALIZE-02")
def test_finalizing_leaves_the_data(enrollments):
    enrollment = enrollments.created()
    before = without(ours(enrollment.record()), "status")
    answer = precondition(enrollment.finalize())
    expect_holds(before, enrollment.record(), answer)
