"""The sample credential verifies in each form in which a part may hold it, and no more once it is damaged."""

import pytest

from osia_conformance.checks.crypto import credentials
from osia_conformance.checks.crypto.credentials import (
    CREDENTIAL_DOCUMENT_TYPE,
    CREDENTIAL_JWT_TYPE,
    base64_text,
    enveloped_credential,
    signed_credential,
)

FORMS = {
    "as text": (CREDENTIAL_JWT_TYPE, signed_credential),
    "in base64": (CREDENTIAL_JWT_TYPE, lambda: base64_text(signed_credential().encode())),
    "as a document": (CREDENTIAL_DOCUMENT_TYPE, lambda: base64_text(enveloped_credential())),
}


@pytest.mark.parametrize("form", FORMS)
def test_the_credential_verifies(form):
    kind, data = FORMS[form]
    assert credentials.credential_problem(kind, data()) is None


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("damage", [lambda text: text[:-9], lambda text: text.upper(), lambda text: "", lambda text: 1])
def test_a_damaged_credential_is_told(form, damage):
    kind, data = FORMS[form]
    assert credentials.credential_problem(kind, damage(data()))


def test_other_claims_are_told(monkeypatch):
    data = signed_credential()
    monkeypatch.setattr(credentials, "credential", dict)
    assert credentials.credential_problem(CREDENTIAL_JWT_TYPE, data) == "it says something else"
