"""The sample credential verifies in each form in which a part may hold it, and no more once it is damaged."""

import pytest

from osia_conformance.checks.crypto import credentials
from osia_conformance.checks.crypto.credentials import DOCUMENT_TYPE, JWT_TYPE, base64_text, enveloped, secured

FORMS = {
    "as text": (JWT_TYPE, secured),
    "in base64": (JWT_TYPE, lambda: base64_text(secured().encode())),
    "as a document": (DOCUMENT_TYPE, lambda: base64_text(enveloped())),
}


@pytest.mark.parametrize("form", FORMS)
def test_the_credential_verifies(form):
    kind, data = FORMS[form]
    assert credentials.problem(kind, data()) is None


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("damage", [lambda text: text[:-9], lambda text: text.upper(), lambda text: "", lambda text: 1])
def test_a_damaged_credential_is_told(form, damage):
    kind, data = FORMS[form]
    assert credentials.problem(kind, damage(data()))


def test_other_claims_are_told(monkeypatch):
    data = secured()
    monkeypatch.setattr(credentials, "credential", dict)
    assert credentials.problem(JWT_TYPE, data) == "it says something else"
