"""Verifiable credentials as supporting documents (from 1.3.0): answered so that they still verify."""

import pytest

from osia_conformance.checks import requirement
from osia_conformance.expectations import DONE, expect, expect_holds, precondition
from osia_conformance.protection.bodies import held
from osia_conformance.protection.credentials import DOCUMENT_TYPE, JWT_TYPE, base64_text, enveloped, problem, secured
from osia_conformance.rules.business_rules import REFUSALS, Offered
from osia_conformance.subjects import Subject


def parts():
    """Return the credential in the forms that a part may hold: the standard names no one of them (RUL-CREDENTIAL)."""
    return {
        "a signed credential": {"mimeType": JWT_TYPE, "data": secured()},
        "a signed credential in base64": {"mimeType": JWT_TYPE, "data": base64_text(secured().encode("ascii"))},
        "a credential as a document": {"mimeType": DOCUMENT_TYPE, "data": base64_text(enveloped())},
    }


@requirement("ENR-CREDENTIAL-01-{operation}")
@pytest.mark.parametrize("operation", ["CREATE", "PATCH"])
def test_a_credential_is_answered_and_verifies(enrollments, operation):
    offered = Offered(enrollments.target)
    for label, part in offered.each(parts()):
        documents = {"documentData": [{"documentType": "ID_CARD", "parts": [part]}]}
        enrollment = Subject(enrollments, operation).enrollment
        send = {
            "CREATE": lambda to, body: to.create({**enrollments.canonical(), **body}),
            "PATCH": lambda to, body: to.patch(body),
        }
        answer = send[operation](enrollment, documents)
        if offered.is_taken(label, precondition(answer, DONE, *REFUSALS)):
            got = held(enrollment.record(), "DOCUMENTPART")
            expect_holds({"mimeType": part["mimeType"]}, got, answer, "the media type of the credential")
            wrong = problem(part["mimeType"], got.get("data"))
            expect(wrong is None, "the credential as it was issued", str(wrong), answer)
