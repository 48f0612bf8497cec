"""Bodies that break one schema fact each, and the judgement of what a server makes of them (RUL-BAD-REQUEST)."""

from __future__ import annotations

import copy
from typing import Any

from osia_conformance.enrollments import Enrollments
from osia_conformance.exchange import Answer
from osia_conformance.expectations import DONE, Violation, expect, expect_status
from osia_conformance.samples import Json, document, fingerprint
from osia_conformance.subjects import Subject

Change = dict[str, Any]

FAULTS: dict[str, dict[str, Change]] = {
    "ENROLLMENT-TYPE": {
        "type-as-number": {"enrollmentType": 12345},
        "biometrics-as-object": {"biometricData": {"biometricType": "FINGER"}},
        "documents-as-text": {"documentData": "none"},
        "flags-as-object": {"enrollmentFlags": {"timeout": 3600}},
        "request-as-text": {"requestData": "none"},
    },
    "ENROLLMENT-ENUM": {"unknown-status": {"status": "SUSPENDED"}},
    "REQUESTDATA-TYPE": {"number-in-list": {"requestData": [42]}},
    "ENROLLMENTFLAGS-TYPE": {"text-in-list": {"enrollmentFlags": ["urgent"]}},
    "BIOGRAPHICDATA-TYPE": {"list": {"biographicData": ["M"]}, "text": {"biographicData": "M"}},
    "BIOMETRICDATA-TYPE": {
        "text-in-list": {"biometricData": ["FINGER"]},
        "width-as-text": {"biometricData": [fingerprint(width="320")]},
        "width-with-fraction": {"biometricData": [fingerprint(width=320.5)]},
        "device-as-number": {"biometricData": [fingerprint(captureDevice=7)]},
    },
    "BIOMETRICDATA-REQUIRED": {"no-type": {"biometricData": [{"biometricSubType": "RIGHT_INDEX"}]}},
    "BIOMETRICDATA-FORMAT": {
        "image-no-base64": {"biometricData": [fingerprint(image="*not base64*")]},
        "date-no-date": {"biometricData": [fingerprint(captureDate="July 2020")]},
        "reference-no-uri": {"biometricData": [fingerprint(imageRef="no uri at all")]},
    },
    "BIOMETRICTYPE-ENUM": {"unknown": {"biometricData": [fingerprint(biometricType="EAR")]}},
    "BIOMETRICSUBTYPE-ENUM": {"unknown": {"biometricData": [fingerprint("THIRD_THUMB")]}},
    "IMPRESSIONTYPE-ENUM": {"unknown": {"biometricData": [fingerprint(impressionType="GUESSED")]}},
    "COMPRESSIONTYPE-ENUM": {"unknown": {"biometricData": [fingerprint(compression="ZIP")]}},
    "DOCUMENTDATA-TYPE": {
        "text-in-list": {"documentData": ["ID_CARD"]},
        "parts-as-object": {"documentData": [{"documentType": "ID_CARD", "parts": {"pages": [1]}}]},
        "instance-as-number": {"documentData": [{**document(), "instance": 1}]},
    },
    "DOCUMENTDATA-REQUIRED": {
        "no-type": {"documentData": [{"parts": [{"pages": [1]}]}]},
        "no-parts": {"documentData": [{"documentType": "ID_CARD"}]},
    },
    "DOCUMENTDATA-MINITEMS": {"no-part": {"documentData": [{"documentType": "ID_CARD", "parts": []}]}},
    "DOCUMENTTYPE-TYPE": {"number": {"documentData": [{"documentType": 1, "parts": [{"pages": [1]}]}]}},
    "DOCUMENTPART-TYPE": {
        "pages-as-number": {"documentData": [document(pages=1)]},
        "page-as-text": {"documentData": [document(pages=["one"])]},
        "height-as-text": {"documentData": [document(height="400")]},
    },
    "DOCUMENTPART-MINITEMS": {"no-page": {"documentData": [document(pages=[])]}},
    "DOCUMENTPART-FORMAT": {
        "data-no-base64": {"documentData": [document(data="*not base64*")]},
        "date-no-date": {"documentData": [document(captureDate="July 2020")]},
    },
}
"""For each schema fact of a request, the named changes that break it in an otherwise canonical enrollment."""


def faulty_body(subject: Subject, change: Change) -> Json:
    """Return the body for the subject's operation with the fault in it: a patch holds nothing else."""
    body = copy.deepcopy(change)
    return body if subject.code == "PATCH" else {**subject.enrollments.canonical(), **body}


def expect_not_taken(subject: Subject, change: Change) -> Answer:
    """Judge that the faulty value is refused with 400, or at least not answered back."""
    answer = send_faulty(subject, change)
    expect_status(answer, 400, DONE)
    if answer.status in DONE:
        _expect_not_kept(subject, change, answer)
    return answer


def send_faulty(subject: Subject, change: Change) -> Answer:
    """Send the subject's operation with the faulty body."""
    body = faulty_body(subject, change)
    write = {
        "CREATE": subject.enrollment.create,
        "UPDATE": subject.enrollment.update,
        "PATCH": subject.enrollment.patch,
    }
    return write[subject.code](body)


def _expect_not_kept(subject: Subject, change: Change, answer: Answer) -> None:
    kept = subject.enrollment.record()
    for member, value in change.items():
        if kept.get(member) == value or _breaches(subject, kept, member):
            raise Violation("400, or the value not answered back", f"{member} was taken as it is", answer)
    text = f"a value that breaks the schema was dropped or changed instead of refused ({', '.join(change)})"
    subject.enrollments.target.observe("RUL-BAD-REQUEST", text, answer)


def _breaches(subject: Subject, record: Json, member: str) -> bool:
    """Return whether the record breaks the schema within a member, formats apart (RUL-FORMAT)."""
    found = subject.enrollments.session.specification.breaches("Enrollment", record)
    return any(breach.path.startswith(f"$.{member}") and breach.keyword != "format" for breach in found)


def expect_completed(subject: Subject, body: Json, member: str) -> None:
    """Judge a body without a required member: refused with 400, or completed by the server and observed."""
    write = subject.enrollment.create if subject.code == "CREATE" else subject.enrollment.update
    answer = expect_status(write(body), 400, DONE)
    if answer.status in DONE:
        found = subject.enrollments.session.specification.breaches("Enrollment", subject.enrollment.record())
        words = "; ".join(breach.message for breach in found)
        expect(not found, f"400, or an enrollment that has {member} all the same", words, answer)
        text = f"a body without {member} was completed instead of refused"
        subject.enrollments.target.observe("RUL-BAD-REQUEST", text, answer)


def expect_no_server_error(subject: Subject, change: Change) -> None:
    """Judge a badly formed string: taking it is an observation, refusing it a right (RUL-FORMAT)."""
    answer = expect_status(send_faulty(subject, change), 400, DONE)
    if answer.status in DONE:
        text = f"a badly formed value was accepted ({', '.join(change)})"
        subject.enrollments.target.observe("RUL-FORMAT", text, answer)


def expect_refused_search(enrollments: Enrollments, *expressions: Any) -> None:
    """Judge a search whose expressions break the schema, beside the marker's own (RUL-EXPRESSIONS)."""
    expect_status(enrollments.find(*expressions), 400)
