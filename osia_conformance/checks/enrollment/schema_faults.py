"""Bodies that break one schema fact each, and the judgement of what a server makes of them (RUL-BAD-REQUEST)."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from osia_conformance.checks.assertions import expect, expect_status
from osia_conformance.checks.enrollment.operation_cases import OperationCase
from osia_conformance.checks.marks import versions
from osia_conformance.standard.operations import WRITING_OPERATIONS
from osia_conformance.support.json_words import show
from osia_conformance.target.enrollment.enrollments import Enrollments
from osia_conformance.target.enrollment.payloads import EXTENSION, Json, Payloads, without
from osia_conformance.target.outcome_errors import Violation
from osia_conformance.target.request import json_body
from osia_conformance.target.response import Response
from osia_conformance.target.statuses import BAD_REQUEST, SUCCESS

Change = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Fault:
    """A change that breaks one schema fact in an otherwise canonical enrollment, in these `versions` (PEP 440)."""

    change: Callable[[Payloads], Change]
    versions: str = ""


_UNKNOWN = {EXTENSION: "of no schema"}
_HASHED = {"scope": "enrollmentType", "alg": "SHA256", "hash": "00"}
_ENCRYPTED = {"type": "JWE", "scope": "biographicData"}


def _body(versions: str = "", **members: Any) -> Fault:
    return Fault(lambda payloads: members, versions)


def _integrity(versions: str = "", **changes: Any) -> Fault:
    return Fault(lambda payloads: {"integrity": [{**_HASHED, **changes}]}, versions)


def _encryption(**changes: Any) -> Fault:
    return Fault(lambda payloads: {"encryption": {**_ENCRYPTED, **changes}})


def _biometric(versions: str = "", **changes: Any) -> Fault:
    return Fault(lambda payloads: {"biometricData": [payloads.fingerprint(**changes)]}, versions)


def _document(versions: str = "", **changes: Any) -> Fault:
    return Fault(lambda payloads: {"documentData": [{**payloads.document(), **changes}]}, versions)


def _part(versions: str = "", **changes: Any) -> Fault:
    return Fault(lambda payloads: {"documentData": [payloads.document(**changes)]}, versions)


FAULTS: dict[str, dict[str, Fault]] = {
    "ENROLLMENT-TYPE": {
        "type-as-number": _body(enrollmentType=12345),
        "biometrics-as-object": _body(biometricData={"biometricType": "FINGER"}),
        "documents-as-text": _body(documentData="none"),
        "flags-as-object": _body("<1.2.0", enrollmentFlags={"timeout": 3600}),
        "request-as-text": _body("<1.2.0", requestData="none"),
    },
    "ENROLLMENT-ADDITIONALPROPERTIES": {"unknown-member": _body(**_UNKNOWN)},
    "ENROLLMENT-ENUM": {"unknown-status": _body(status="SUSPENDED")},
    "REQUESTDATA-TYPE": {
        "number-in-list": _body("<1.2.0", requestData=[42]),
        "list": _body(">=1.2.0", requestData=[{"requestType": "NEW"}]),
        "text": _body(">=1.2.0", requestData="none"),
    },
    "ENROLLMENTFLAGS-TYPE": {
        "text-in-list": _body("<1.2.0", enrollmentFlags=["urgent"]),
        "list": _body(">=1.2.0", enrollmentFlags=[{"timeout": 3600}]),
        "text": _body(">=1.2.0", enrollmentFlags="urgent"),
    },
    "CONTEXTUALDATA-TYPE": {"list": _body(contextualData=["2019"]), "text": _body(contextualData="2019")},
    "BIOGRAPHICDATA-TYPE": {"list": _body(biographicData=["M"]), "text": _body(biographicData="M")},
    "BIOMETRICDATA-TYPE": {
        "text-in-list": _body(biometricData=["FINGER"]),
        "width-as-text": _biometric(width="320"),
        "width-with-fraction": _biometric(width=320.5),
        "device-as-number": _biometric(captureDevice=7),
        "instance-as-number": _biometric(">=1.1.0", instance=1),
        "missing-as-object": _biometric(">=1.1.0", missing={"presence": "BANDAGED"}),
        "quality-as-text": _biometric(">=1.2.0", quality="good"),
    },
    "BIOMETRICDATA-ADDITIONALPROPERTIES": {"unknown-member": _biometric(**_UNKNOWN)},
    "MISSINGTYPE-TYPE": {"text-in-list": _biometric(missing=["BANDAGED"])},
    "MISSINGTYPE-ENUM": {"unknown": _biometric(missing=[{"presence": "LOST"}])},
    "MISSINGTYPE-ADDITIONALPROPERTIES": {
        "unknown-member": _biometric(missing=[{"presence": "BANDAGED", **_UNKNOWN}]),
    },
    "TEMPLATEFORMAT-TYPE": {"number": _biometric(templateFormat=19794)},
    "QUALITYFORMAT-TYPE": {"number": _biometric(qualityFormat=2)},
    "BIOMETRICDATA-REQUIRED": {"no-type": _body(biometricData=[{"biometricSubType": "RIGHT_INDEX"}])},
    "BIOMETRICDATA-FORMAT": {
        "image-no-base64": _biometric("<1.3.0", image="*not base64*"),
        "date-no-date": _biometric(captureDate="July 2020"),
        "day-for-instant": _biometric(">=1.2.0", captureDate="2020-07-01"),
        "reference-no-uri": _biometric(imageRef="no uri at all"),
    },
    "BIOMETRICTYPE-ENUM": {"unknown": _biometric(biometricType="EAR")},
    "BIOMETRICSUBTYPE-ENUM": {"unknown": _biometric(biometricSubType="THIRD_THUMB")},
    "IMPRESSIONTYPE-ENUM": {"unknown": _biometric(impressionType="GUESSED")},
    "COMPRESSIONTYPE-ENUM": {"unknown": _biometric(compression="ZIP")},
    "DOCUMENTDATA-TYPE": {
        "text-in-list": _body(documentData=["ID_CARD"]),
        "parts-as-object": _document(parts={"pages": [1]}),
        "instance-as-number": _document(instance=1),
    },
    "DOCUMENTDATA-REQUIRED": {
        "no-type": _body(documentData=[{"parts": [{"pages": [1]}]}]),
        "no-parts": _body(documentData=[{"documentType": "ID_CARD"}]),
    },
    "DOCUMENTDATA-MINITEMS": {"no-part": _document(parts=[])},
    "DOCUMENTDATA-ENUM": {"unknown": _document(documentType="Passport")},
    "DOCUMENTTYPE-ENUM": {"unknown": _document(documentType="Passport")},
    "DOCUMENTDATA-ADDITIONALPROPERTIES": {"unknown-member": _document(**_UNKNOWN)},
    "DOCUMENTPART-ADDITIONALPROPERTIES": {"unknown-member": _part(**_UNKNOWN)},
    "DOCUMENTTYPE-TYPE": {"number": _document(documentType=1)},
    "DOCUMENTPART-TYPE": {
        "pages-as-number": _part(pages=1),
        "page-as-text": _part(pages=["one"]),
        "height-as-text": _part(height="400"),
    },
    "DOCUMENTPART-MINITEMS": {"no-page": _part(pages=[])},
    "DOCUMENTPART-FORMAT": {
        "data-no-base64": _part("<1.3.0", data="*not base64*"),
        "date-no-date": _part(captureDate="July 2020"),
    },
    "INTEGRITY-TYPE": {
        "text-in-list": _body(integrity=["SHA256"]),
        "hash-as-number": _integrity(hash=7),
        "flag-as-text": _integrity(encrypted="no"),
    },
    "INTEGRITY-REQUIRED": {
        f"no-{name}": _body(integrity=[without(_HASHED, name)]) for name in ("scope", "alg", "hash")
    },
    "INTEGRITY-ENUM": {"unknown": _integrity(type="PGP")},
    "INTEGRITY-FORMAT": {"reference-no-uri": _integrity(type="PKCS7", signatureRef="no uri at all")},
    "INTEGRITY-ADDITIONALPROPERTIES": {
        "unknown-member": _integrity(**_UNKNOWN),
        # 1.3.0 had it (RUL-FOLLOW-REF).
        "followref": _integrity(">=1.3.1", followRef=True),
    },
    "ENCRYPTION-TYPE": {"text": _body(encryption="JWE"), "scope-as-list": _encryption(scope=["biographicData"])},
    "ENCRYPTION-REQUIRED": {f"no-{name}": _body(encryption=without(_ENCRYPTED, name)) for name in ("type", "scope")},
    "ENCRYPTION-ENUM": {"unknown": _encryption(type="PGP")},
    "ENCRYPTION-ADDITIONALPROPERTIES": {"unknown-member": _encryption(**_UNKNOWN)},
}
"""For each schema fact of a request, the named faults that break it."""


def schema_fault_cases(*, formats: bool) -> list[Any]:
    """Return the parameters (fact, case, operation) of checks with faults: those of string formats, or all others."""
    return [
        pytest.param(fact, case, code, id=f"{fact}-{case}-{code}", marks=versions(fault.versions))
        for fact, faults in FAULTS.items()
        if fact.endswith("-FORMAT") == formats
        for case, fault in faults.items()
        for code in WRITING_OPERATIONS
    ]


def change_of_fault(subject: OperationCase, fact: str, case: str) -> Change:
    """Return the change that a fault makes, as the judged version writes it."""
    return FAULTS[fact][case].change(subject.enrollments.payloads)


def faulty_body(subject: OperationCase, change: Change) -> Json:
    """Return the body for the subject's operation with the fault in it: a patch holds nothing else."""
    body = copy.deepcopy(change)
    return body if subject.code == "PATCH" else {**subject.enrollments.canonical(), **body}


def expect_fault_refused_or_dropped(subject: OperationCase, change: Change) -> Response:
    """Judge that the faulty value is refused, or at least not answered back."""
    response = send_faulty(subject, change)
    expect_status(response, BAD_REQUEST, SUCCESS, sent=_fault_phrase(subject, change, response))
    if response.status in SUCCESS:
        _expect_not_kept(subject, change)
    return response


def _fault_phrase(subject: OperationCase, change: Change, response: Response) -> str:
    """Return what is faulty in a body as a phrase; "" where nobody will read it."""
    if response.status in SUCCESS or response.status in BAD_REQUEST:
        return ""
    found = subject.enrollments.session.specification.breaches("Enrollment", change)
    inside = [str(one) for one in found if one.path != "$" or one.keyword != "required"]
    return f"a body that breaks the schema ({'; '.join(inside[:2])})"


def send_faulty(subject: OperationCase, change: Change) -> Response:
    """Send the subject's operation with the faulty body."""
    return subject.call(body=json_body(faulty_body(subject, change)))


def _expect_not_kept(subject: OperationCase, change: Change) -> None:
    kept, response = subject.enrollment.shown()
    for member, value in change.items():
        found = _breaches(subject, kept, member)
        if kept.get(member) == value or found:
            actual = found or f"$.{member}: {show(value)}"
            raise Violation(
                "a refusal, or the faulty value not answered back", f"the record holds it at {actual}", response
            )
    text = f"a value that breaks the schema was dropped or changed instead of refused ({', '.join(change)})"
    subject.enrollments.target.observe("RUL-BAD-REQUEST", text, response)


def _breaches(subject: OperationCase, record: Json, member: str) -> str:
    """Return where and how the record breaks the schema within a member, formats apart (RUL-FORMAT); "" if it fits."""
    found = subject.enrollments.session.specification.breaches("Enrollment", record)
    inside = (one for one in found if one.path.startswith(f"$.{member}") and one.keyword != "format")
    return next(map(str, inside), "")


def expect_refused_or_completed(subject: OperationCase, body: Json, member: str) -> None:
    """Judge a body without a required member: refused, or completed by the server and observed."""
    response = expect_status(subject.call(body=json_body(body)), BAD_REQUEST, SUCCESS, sent=f"a body without {member}")
    if response.status in SUCCESS:
        record, response = subject.enrollment.shown()
        found = subject.enrollments.session.specification.breaches("Enrollment", record)
        words = "; ".join(map(str, found))
        expect(not found, f"a refusal, or an enrollment that has {member} all the same", words, response)
        text = f"a body without {member} was completed instead of refused"
        subject.enrollments.target.observe("RUL-BAD-REQUEST", text, response)


def expect_badly_formed_string_answered(subject: OperationCase, change: Change) -> None:
    """Judge a badly formed string: taking it is an observation, refusing it a right (RUL-FORMAT)."""
    response = send_faulty(subject, change)
    expect_status(response, BAD_REQUEST, SUCCESS, sent=_fault_phrase(subject, change, response))
    if response.status in SUCCESS:
        text = f"a badly formed value was accepted ({', '.join(change)})"
        subject.enrollments.target.observe("RUL-FORMAT", text, response)


def expect_search_refused_or_unknown_member_ignored(
    enrollments: Enrollments, expression: Json, response: Response
) -> None:
    """Judge a search with an unknown member in an expression: refused, or as if it were not there."""
    expect_status(response, BAD_REQUEST, SUCCESS, sent="an expression with an unknown member")
    if response.status in SUCCESS:
        named = enrollments.named(response)
        plain = enrollments.named(enrollments.find(body=json_body([expression])))
        expect(
            named == plain,
            "a refusal, or what is found without the unknown member",
            f"{len(named)} enrollments",
            response,
        )
        enrollments.target.observe("RUL-CLOSED", "an unknown member of an expression is ignored", response)


def expect_search_refused(enrollments: Enrollments, *expressions: Any) -> None:
    """Judge a search whose expressions break the schema, beside the marker's own (RUL-EXPRESSIONS)."""
    expect_status(
        enrollments.find(*expressions), BAD_REQUEST, sent=f"the expression {', '.join(map(show, expressions))}"
    )
