"""Verifiable credentials as supporting documents (from 1.3.0): answered so that they still verify."""

import pytest

from osia_conformance.checks import SUCCESS, expect, expect_holds, precondition, requirement
from osia_conformance.checks.enrollment import (
    CREDENTIAL_DOCUMENT_TYPE,
    CREDENTIAL_JWT_TYPE,
    REFUSALS,
    OfferedBodies,
    OperationCase,
    base64_text,
    credential_problem,
    enveloped_credential,
    node_of_schema,
    signed_credential,
)


def parts():
    """Return the credential in the forms that a part may hold: the standard names no one of them (RUL-CREDENTIAL)."""
    return {
        "a signed credential": {"mimeType": CREDENTIAL_JWT_TYPE, "data": signed_credential()},
        "a signed credential in base64": {
            "mimeType": CREDENTIAL_JWT_TYPE,
            "data": base64_text(signed_credential().encode("ascii")),
        },
        "a credential as a document in clear": {
            "mimeType": CREDENTIAL_DOCUMENT_TYPE,
            "data": enveloped_credential().decode("ascii"),
        },
        "a credential as a document": {
            "mimeType": CREDENTIAL_DOCUMENT_TYPE,
            "data": base64_text(enveloped_credential()),
        },
    }


@requirement("ENR-CREDENTIAL-01-{operation}")
@pytest.mark.parametrize("operation", ["CREATE", "PATCH"])
def test_a_credential_is_answered_and_verifies(enrollments, target, operation):
    offered = OfferedBodies(target)
    for label, part in offered.each(parts()):
        documents = {"documentData": [{"documentType": "ID_CARD", "parts": [part]}]}
        enrollment = OperationCase(enrollments, operation).enrollment
        send = {
            "CREATE": lambda to, body: to.create({**enrollments.canonical(), **body}),
            "PATCH": lambda to, body: to.patch(body),
        }
        response = send[operation](enrollment, documents)
        if offered.is_taken(label, precondition(response, SUCCESS, *REFUSALS)):
            record, shown = enrollment.shown()
            got = node_of_schema(record, "DOCUMENTPART")
            expect_holds({"mimeType": part["mimeType"]}, got, shown, "the media type of the credential")
            wrong = credential_problem(part["mimeType"], got.get("data"))
            expect(wrong is None, "the credential as it was issued", str(wrong), shown)
