"""A key in PEM is one, however a CI system keeps it; any other secret stays as it is."""

from __future__ import annotations

import base64

import pytest

from osia_conformance.support.pem import pem_text

PEM = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIA==\n-----END PRIVATE KEY-----\n"


@pytest.mark.parametrize(
    "secret",
    [
        PEM,
        PEM.replace("\n", "\\n"),
        PEM.replace("\n", "\\r\\n"),
        base64.b64encode(PEM.encode()).decode(),
        base64.encodebytes(PEM.encode()).decode(),
    ],
    ids=["as it is", "with a literal \\n", "with a literal \\r\\n", "base64", "base64 in lines"],
)
def test_pem_has_its_lines(secret: str) -> None:
    assert pem_text(secret) == PEM


@pytest.mark.parametrize("secret", ["a secret", "c2VjcmV0", "literal\\nsecret", "ключ", '{"kty": "oct"}'])
def test_another_secret_stays_as_it_is(secret: str) -> None:
    assert pem_text(secret) == secret
