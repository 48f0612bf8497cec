"""updateEnrollment: merging and replacing both conform (RUL-PUT); what was sent shows in either case."""

from osia_conformance.checks import (
    SUCCESS,
    Untested,
    cannot_tell,
    differences,
    expect,
    expect_holds,
    expect_status,
    format_value,
    list_at,
    listed,
    member,
    precondition,
    requirement,
)
from osia_conformance.checks.enrollment import (
    REFUSALS,
    OfferedBodies,
    changed_enrollment,
    identities,
    is_server_default,
    other_member,
    without,
)

GROUPS = ("enrollmentFlags", "requestData", "documentData")
CHANGED = ("enrollmentFlags", "requestData", "contextualData")


def updated(enrollments, body):
    """Create, update with `body`, and return the record that is then read, with the answer that shows it."""
    enrollment = enrollments.created()
    precondition(enrollment.update(body))
    return enrollment.shown()


def subjects(record):
    found = (member(item, "biometricSubType", default=None) for item in list_at(record, "biometricData"))
    return {each if isinstance(each, str) else f"one whose biometricSubType is {format_value(each)}" for each in found}


@requirement("ENR-UPDATE-01")
def test_biographic_data_sent_is_answered(enrollments):
    body = changed_enrollment(enrollments)
    record, response = updated(enrollments, body)
    expect_holds({"biographicData": body["biographicData"]}, record, response, "the biographic data sent")


@requirement("ENR-UPDATE-02")
def test_documents_sent_replace_the_list(enrollments, payloads):
    documents = [payloads.passport("third"), payloads.document("ID_CARD", "fourth")]
    record, response = updated(enrollments, changed_enrollment(enrollments, documentData=documents))
    expect_holds({"documentData": identities(documents)}, record, response, "the list of documents sent")


@requirement("ENR-UPDATE-02")
def test_a_shorter_list_of_documents_takes_the_others_away(enrollments, payloads):
    documents = [payloads.document("ID_CARD", "a"), payloads.passport("b")]
    two = {**enrollments.canonical(), "documentData": documents}
    enrollment = enrollments.created(two)
    one = {**enrollments.canonical(), "documentData": documents[1:]}
    precondition(enrollment.update(one))
    sent = {"documentData": identities(one["documentData"])}
    expect_holds(sent, *enrollment.shown(), "the list of documents sent")


def _first_difference(sent, record, name):
    """Return where the answered item of a subject is not as it was sent, in words."""
    items = enumerate(list_at(record, "biometricData"))
    found = [(at, item) for at, item in items if name in subjects({"biometricData": [item]})]
    unlike = (differences(sent, item, f"$.biometricData[{at}]")[:1] for at, item in found)
    return "; ".join(str(first) for firsts in unlike for first in firsts)


@requirement("ENR-UPDATE-03")
def test_biometric_data_sent_is_present(enrollments, payloads):
    # A server may take one finger only (RUL-RANDOM-DATA).
    for names in (("LEFT_THUMB", "RIGHT_RING"), ("LEFT_THUMB",)):
        fingers = {name: payloads.fingerprint(name) for name in names}
        enrollment = enrollments.created()
        response = enrollment.update(changed_enrollment(enrollments, biometricData=list(fingers.values())))
        if response.status not in REFUSALS:
            break
    precondition(response)
    record, response = enrollment.shown()
    for name, sent in fingers.items():
        expect(name in subjects(record), f"{name}, which was sent", f"there are {listed(subjects(record))}", response)
        found = [item for item in list_at(record, "biometricData") if not differences(sent, item)]
        expect(bool(found), f"{name} as it was sent", _first_difference(sent, record, name), response)


@requirement("ENR-UPDATE-04")
def test_what_is_left_out_is_as_before_or_gone(enrollments, payloads):
    before = enrollments.canonical()
    biographics = {**payloads.least(enrollments.marker), **other_member(enrollments)}
    body = {**payloads.minimal(), "biographicData": biographics}
    record, response = updated(enrollments, body)
    members = [("biographicData", name) for name in before["biographicData"] if name not in biographics]
    for place in [*((name,) for name in GROUPS if name in before), *members]:
        left, sent = (member(each, *place, default=None) for each in (record, before))
        kept = left in (None, [], {}) or not differences(sent, left)
        kept = kept or is_server_default(enrollments, body, record, *place)
        expect(kept, f"{place[-1]} as before or gone", f"{place[-1]} is {format_value(left)}", response)


@requirement("ENR-UPDATE-05")
def test_changes_beside_the_biographic_data_are_answered(enrollments, target, payloads):
    others = {name: payloads.other(name) for name in CHANGED if name in enrollments.canonical()}
    changes = {
        **{f"the type {name}": {"enrollmentType": name} for name in payloads.profile.enrollment_types[1:]},
        **{f"other {name}": {name: payloads.group(name, block)} for name, block in others.items() if block},
    }
    if not changes:
        raise Untested("the profile has one enrollment type, and one value of each block besides biographicData")
    offered = OfferedBodies(target)
    for label, change in offered.each(changes):
        enrollment = enrollments.created()
        response = enrollment.update(changed_enrollment(enrollments, **change))
        if offered.is_taken(label, precondition(response, SUCCESS, *REFUSALS)):
            expect_holds(change, *enrollment.shown(), "what was sent")


@requirement("ENR-UPDATE-07")
def test_documents_that_were_read_may_be_sent_back(enrollments):
    enrollment = enrollments.created()
    documents = list_at(enrollment.record(), "documentData")
    if not documents:
        cannot_tell("readEnrollment, needed first, answered no documents")
    response = enrollment.update(changed_enrollment(enrollments, documentData=documents))
    expect_status(response, SUCCESS, sent="an update with the documents that a read answered")
    expect_holds({"documentData": documents}, *enrollment.shown(), "the list of documents that was read")


@requirement("ENR-UPDATE-08")
def test_an_enrollment_that_was_read_may_be_sent_back(enrollments, specification):
    enrollment = enrollments.created()
    described = specification.schema("Enrollment")["properties"]
    read_only = [name for name, schema in described.items() if schema.get("readOnly")]
    body = without(enrollment.record(), *read_only)
    response = enrollment.update(body)
    expect_status(response, SUCCESS, sent="an update with the enrollment that a read answered")
    expect_holds(body, *enrollment.shown(), "the enrollment that was read")
