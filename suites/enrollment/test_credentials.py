"""Verifiable credentials as supporting documents (from 1.3.0): answered so that they still verify."""

import pytest

from osia_conformance.checks.assertions import expect, expect_holds
from osia_conformance.checks.crypto.bodies import held
from osia_conformance.checks.crypto.credentials import DOCUMENT_TYPE, JWT_TYPE, base64_text, enveloped, problem, secured
from osia_conformance.checks.enrollment.operation_cases import OperationCase
from osia_conformance.checks.marks import requirement
from osia_conformance.target.enrollment.business_rules import REFUSALS, OfferedBodies
from osia_conformance.target.statuses import SUCCESS, precondition


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
    offered = OfferedBodies(enrollments.target)
    for label, part in offered.each(parts()):
        documents = {"documentData": [{"documentType": "ID_CARD", "parts": [part]}]}
        enrollment = OperationCase(enrollments, operation).enrollment
        send = {
            "CREATE": lambda to, body: to.create({**enrollments.canonical(), **body}),
            "PATCH": lambda to, body: to.patch(body),
        }
        response = send[operation](enrollment, documents)
        if offered.is_taken(label, precondition(response, SUCCESS, *REFUSALS)):
            got = held(enrollment.record(), "DOCUMENTPART")
            expect_holds({"mimeType": part["mimeType"]}, got, response, "the media type of the credential")
            wrong = problem(part["mimeType"], got.get("data"))
            expect(wrong is None, "the credential as it was issued", str(wrong), response)
