"""updateEnrollment: merging and replacing both conform (RUL-PUT); what was sent shows in either case."""

from osia_conformance.checks import requirement
from osia_conformance.echo import differences, told
from osia_conformance.expectations import DONE, Untested, expect, expect_holds, listed, precondition
from osia_conformance.rules.business_rules import REFUSALS, Offered
from osia_conformance.rules.defaults import like_new
from osia_conformance.subjects import changed, other_member

GROUPS = ("enrollmentFlags", "requestData", "documentData")
CHANGED = ("enrollmentFlags", "requestData", "contextualData")


def at(record, place):
    """Return what stands at a place of a record, None if there is nothing."""
    for name in place:
        record = (record or {}).get(name)
    return record


def updated(enrollments, body):
    """Create, update with `body`, and return the record that is then read, with the update's answer."""
    enrollment = enrollments.created()
    answer = precondition(enrollment.update(body))
    return enrollment.record(), answer


def subjects(record):
    return {item.get("biometricSubType") for item in record.get("biometricData", []) if isinstance(item, dict)}


@requirement("ENR-UPDATE-01")
def test_biographic_data_sent_is_answered(enrollments):
    body = changed(enrollments)
    record, answer = updated(enrollments, body)
    expect_holds({"biographicData": body["biographicData"]}, record, answer, "the biographic data sent")


@requirement("ENR-UPDATE-02")
def test_documents_sent_replace_the_list(enrollments):
    documents = [enrollments.samples.passport("third"), enrollments.samples.document("ID_CARD", "fourth")]
    record, answer = updated(enrollments, changed(enrollments, documentData=documents))
    expect_holds({"documentData": documents}, record, answer, "the list of documents sent")


@requirement("ENR-UPDATE-02")
def test_a_shorter_list_of_documents_takes_the_others_away(enrollments):
    documents = [enrollments.samples.document("ID_CARD", "a"), enrollments.samples.passport("b")]
    two = {**enrollments.canonical(), "documentData": documents}
    enrollment = enrollments.created(two)
    one = {**enrollments.canonical(), "documentData": documents[1:]}
    answer = precondition(enrollment.update(one))
    expect_holds({"documentData": one["documentData"]}, enrollment.record(), answer, "the list of documents sent")


@requirement("ENR-UPDATE-03")
def test_biometric_data_sent_is_present(enrollments):
    # A server may take one finger only (RUL-RANDOM-DATA).
    for names in (("LEFT_THUMB", "RIGHT_RING"), ("LEFT_THUMB",)):
        fingers = {name: enrollments.samples.fingerprint(name) for name in names}
        enrollment = enrollments.created()
        answer = enrollment.update(changed(enrollments, biometricData=list(fingers.values())))
        if answer.status not in REFUSALS:
            break
    precondition(answer)
    record = enrollment.record()
    for name, sent in fingers.items():
        expect(name in subjects(record), f"{name}, which was sent", f"there are {listed(subjects(record))}", answer)
        found = [item for item in record["biometricData"] if not differences(sent, item)]
        expect(bool(found), f"{name} as it was sent", "no item of the list holds all of it", answer)


@requirement("ENR-UPDATE-04")
def test_what_is_left_out_is_as_before_or_gone(enrollments):
    before = enrollments.canonical()
    biographics = {**enrollments.samples.least(enrollments.marker), **other_member(enrollments)}
    body = {**enrollments.samples.minimal(), "biographicData": biographics}
    record, answer = updated(enrollments, body)
    members = [("biographicData", name) for name in before["biographicData"] if name not in biographics]
    for place in [*((name,) for name in GROUPS if name in before), *members]:
        left, sent = at(record, place), at(before, place)
        kept = left in (None, [], {}) or not differences(sent, left)
        kept = kept or like_new(enrollments, body, record, *place)
        expect(kept, f"{place[-1]} as before or gone", f"{place[-1]} is {told(left)}", answer)


@requirement("ENR-UPDATE-05")
def test_changes_beside_the_biographic_data_are_answered(enrollments):
    samples = enrollments.samples
    others = {name: samples.other(name) for name in CHANGED if name in enrollments.canonical()}
    changes = {
        **{f"the type {name}": {"enrollmentType": name} for name in samples.profile.enrollment_types[1:]},
        **{f"other {name}": {name: samples.group(name, block)} for name, block in others.items() if block},
    }
    if not changes:
        raise Untested("the profile has one enrollment type, and one value of each block besides biographicData")
    offered = Offered(enrollments.target)
    for label, change in offered.each(changes):
        enrollment = enrollments.created()
        answer = enrollment.update(changed(enrollments, **change))
        if offered.is_taken(label, precondition(answer, DONE, *REFUSALS)):
            expect_holds(change, enrollment.record(), answer, "what was sent")
