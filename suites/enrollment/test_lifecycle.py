"""The life of an enrollment: in one step, and in several."""

from osia_conformance.checks import requirement
from osia_conformance.echo import differences
from osia_conformance.expectations import expect, expect_holds, precondition
from osia_conformance.samples import canonical, document, fingerprint, minimal, without


@requirement("ENR-LIFE-01")
def test_an_enrollment_in_one_step(enrollments):
    body = canonical(enrollments.marker, status="FINALIZED")
    enrollment = enrollments.new()
    answer = precondition(enrollment.create(body, finalize=True))
    expect_holds(body, enrollment.record(), answer)


@requirement("ENR-LIFE-02")
def test_an_enrollment_in_several_steps(enrollments):
    enrollment = enrollments.created(minimal())
    step = {**minimal(), "biographicData": {"firstName": enrollments.marker, "lastName": "muster"}}
    precondition(enrollment.update({**step, "biometricData": [fingerprint("LEFT_INDEX")]}))
    precondition(enrollment.patch({"biographicData": {"gender": "F"}, "requestData": canonical("")["requestData"]}))
    precondition(enrollment.patch({"documentData": [document()], "biographicData": {"gender": "M"}}))
    answer = precondition(enrollment.finalize())
    record = enrollment.record()
    whole = {
        "status": "FINALIZED",
        "enrollmentType": "citizen",
        "biographicData": {"firstName": enrollments.marker, "lastName": "muster", "gender": "M"},
        "requestData": canonical("")["requestData"],
        "documentData": [document()],
    }
    expect_holds(whole, record, answer, "all that was collected")
    fingers = [item for item in record.get("biometricData", []) if not differences(fingerprint("LEFT_INDEX"), item)]
    expect(bool(fingers), "the finger that was sent", "no item of biometricData holds it", answer)


@requirement("ENR-LIFE-02")
def test_several_steps_leave_the_enrollment_open_until_it_is_finalized(enrollments):
    enrollment = enrollments.created(minimal())
    precondition(enrollment.update({**minimal(), "biographicData": {"firstName": enrollments.marker}}))
    precondition(enrollment.patch({"biographicData": {"gender": "F"}}))
    answer = precondition(enrollment.read(), 200)
    held = without(enrollment.record(), "biometricData")
    expect(held.get("status") == "IN_PROGRESS", "status IN_PROGRESS", f"it is {held.get('status')!r}", answer)
