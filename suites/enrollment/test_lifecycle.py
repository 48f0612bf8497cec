"""The life of an enrollment: in one step, and in several."""

from osia_conformance.checks import requirement
from osia_conformance.echo import differences, told
from osia_conformance.expectations import DONE, REFUSED, expect, expect_holds, expect_status, one_of, precondition
from osia_conformance.samples import without
from osia_conformance.subjects import other_member, plain_patch


@requirement("ENR-LIFE-01")
def test_an_enrollment_in_one_step(enrollments):
    body = enrollments.canonical(status="FINALIZED")
    enrollment = enrollments.new()
    answer = precondition(enrollment.create(body, finalize=True))
    expect_holds({**body, "status": "FINALIZED"}, enrollment.record(), answer)


@requirement("ENR-LIFE-02")
def test_an_enrollment_in_several_steps(enrollments):
    samples, plain = enrollments.samples, enrollments.canonical()
    request = {"requestData": plain["requestData"]} if "requestData" in plain else {}
    last = {name: value for name, value in plain["biographicData"].items() if name != samples.marker}
    enrollment = enrollments.created(samples.minimal())
    step = {**samples.minimal(), "enrollmentType": samples.profile.enrollment_types[0]}
    step |= {"biographicData": samples.least(enrollments.marker)}
    precondition(enrollment.update({**step, "biometricData": [samples.fingerprint("LEFT_INDEX")]}))
    precondition(enrollment.patch({**plain_patch(enrollments), **request}))
    precondition(enrollment.patch({"documentData": [samples.document()], "biographicData": last}))
    answer = precondition(enrollment.finalize())
    record = enrollment.record()
    whole = {
        "status": "FINALIZED",
        "enrollmentType": samples.profile.enrollment_types[0],
        "biographicData": {**samples.least(enrollments.marker), **last},
        **request,
        "documentData": [samples.document()],
    }
    expect_holds(whole, record, answer, "all that was collected")
    wanted, held = samples.fingerprint("LEFT_INDEX"), record.get("biometricData", [])
    fingers = [item for item in held if not differences(wanted, item)]
    expect(bool(fingers), "the finger that was sent", "no item of biometricData holds it", answer)


@requirement("ENR-LIFE-02")
def test_several_steps_leave_the_enrollment_open_until_it_is_finalized(enrollments):
    minimal = enrollments.samples.minimal()
    enrollment = enrollments.created(minimal)
    precondition(enrollment.update({**minimal, "biographicData": enrollments.samples.least(enrollments.marker)}))
    precondition(enrollment.patch(plain_patch(enrollments)))
    answer = precondition(enrollment.read(), 200)
    held = without(enrollment.record(), "biometricData")
    expect(held.get("status") == "IN_PROGRESS", "status IN_PROGRESS", f"it is {told(held.get('status'))}", answer)


@requirement("ENR-LIFE-03")
def test_two_enrollments_changed_in_turn_keep_apart(enrollments):
    one, other = enrollments.created(), enrollments.created()
    changes = [other_member(enrollments, number) for number in range(4)]
    documents = {"documentData": [enrollments.samples.passport()]}
    precondition(one.patch({"biographicData": changes[0]}))
    precondition(other.patch({"biographicData": changes[1], **documents}))
    precondition(one.patch({"biographicData": changes[2]}))
    answer = precondition(other.patch({"biographicData": changes[3]}))
    whole = {
        one: enrollments.canonical(**{**changes[0], **changes[2]}),
        other: {**enrollments.canonical(**{**changes[1], **changes[3]}), **documents},
    }
    for enrollment, body in whole.items():
        expect_holds(body, enrollment.record(), answer, "each enrollment with its own changes")


@requirement("ENR-LIFE-03")
def test_an_id_that_is_used_again_begins_anew(enrollments):
    enrollment = enrollments.created()
    precondition(enrollment.delete())
    minimal = enrollments.samples.minimal()
    answer = expect_status(enrollment.create(minimal), one_of(DONE, REFUSED))
    if answer.status in DONE:
        record = enrollment.record()
        expect_holds(minimal, record, answer, "the new enrollment")
        left = [name for name, value in enrollments.canonical().items() if record.get(name) == value]
        old = [name for name in left if name not in minimal]
        expect(not old, "nothing of the deleted enrollment", f"{', '.join(old)} came back", answer)
