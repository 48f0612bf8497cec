"""The life of an enrollment: in one step, and in several."""

from osia_conformance.checks import (
    REFUSED,
    SUCCESS,
    differences,
    expect,
    expect_holds,
    expect_status,
    format_value,
    list_at,
    precondition,
    requirement,
)
from osia_conformance.checks.enrollment import identities, is_server_default, other_member, plain_patch


@requirement("ENR-LIFE-01")
def test_an_enrollment_in_one_step(enrollments):
    body = enrollments.canonical(status="FINALIZED")
    enrollment = enrollments.new()
    precondition(enrollment.create(body, finalize=True))
    expect_holds({**body, "status": "FINALIZED"}, *enrollment.shown())


def with_a_finger(enrollments, payloads):
    """Return an enrollment of the least biographic data and one finger."""
    biographics = payloads.least(enrollments.marker)
    body = {**payloads.minimal(), "enrollmentType": payloads.profile.enrollment_types[0]}
    return {**body, "biographicData": biographics, "biometricData": [payloads.fingerprint("LEFT_INDEX")]}


@requirement("ENR-LIFE-02")
def test_an_enrollment_in_several_steps(enrollments, payloads):
    plain = enrollments.canonical()
    request = {"requestData": plain["requestData"]} if "requestData" in plain else {}
    last = {name: value for name, value in plain["biographicData"].items() if name != payloads.marker}
    enrollment = enrollments.created(payloads.minimal())
    precondition(enrollment.update(with_a_finger(enrollments, payloads)))
    precondition(enrollment.patch({**plain_patch(enrollments), **request}))
    precondition(enrollment.patch({"documentData": [payloads.document()], "biographicData": last}))
    precondition(enrollment.finalize())
    record, response = enrollment.shown()
    whole = {
        "status": "FINALIZED",
        "enrollmentType": payloads.profile.enrollment_types[0],
        "biographicData": {**payloads.least(enrollments.marker), **last},
        **request,
        "documentData": identities([payloads.document()]),
    }
    expect_holds(whole, record, response, "all that was collected")
    found = any(not differences(payloads.fingerprint("LEFT_INDEX"), item) for item in list_at(record, "biometricData"))
    expect(found, "the finger that was sent", "no item of biometricData holds it", response)


@requirement("ENR-LIFE-02")
def test_several_steps_leave_the_enrollment_open_until_it_is_finalized(enrollments, payloads):
    minimal = payloads.minimal()
    enrollment = enrollments.created(minimal)
    precondition(enrollment.update({**minimal, "biographicData": payloads.least(enrollments.marker)}))
    precondition(enrollment.patch(plain_patch(enrollments)))
    record, response = enrollment.shown()
    found = record.get("status")
    expect(found == "IN_PROGRESS", "status IN_PROGRESS", f"it is {format_value(found)}", response)


def biographic_part(enrollments, *changes):
    """Return the biographic data of a canonical enrollment after these changes."""
    return {"biographicData": {**enrollments.canonical()["biographicData"], **changes[0], **changes[1]}}


@requirement("ENR-LIFE-03")
def test_two_enrollments_changed_in_turn_keep_apart(enrollments, payloads):
    one, other = enrollments.created(), enrollments.created()
    changes = [other_member(enrollments, number) for number in range(4)]
    documents = {"documentData": [payloads.passport()]}
    precondition(one.patch({"biographicData": changes[0]}))
    precondition(other.patch({"biographicData": changes[1], **documents}))
    precondition(one.patch({"biographicData": changes[2]}))
    precondition(other.patch({"biographicData": changes[3]}))
    whole = {
        one: biographic_part(enrollments, changes[0], changes[2]),
        other: biographic_part(enrollments, changes[1], changes[3])
        | {"documentData": identities(documents["documentData"])},
    }
    for enrollment, body in whole.items():
        expect_holds(body, *enrollment.shown(), "each enrollment with its own changes")


@requirement("ENR-LIFE-03")
def test_an_id_that_is_used_again_begins_anew(enrollments, payloads):
    enrollment = enrollments.created()
    precondition(enrollment.delete())
    minimal = payloads.minimal()
    response = expect_status(enrollment.create(minimal), SUCCESS, REFUSED)
    if response.status in SUCCESS:
        record, response = enrollment.shown()
        expect_holds(minimal, record, response, "the new enrollment")
        left = [name for name, value in enrollments.canonical().items() if record.get(name) == value]
        new = [name for name in left if name not in minimal]
        old = [name for name in new if not is_server_default(enrollments, minimal, record, name)]
        expect(not old, "nothing of the deleted enrollment", f"{', '.join(old)} came back", response)
