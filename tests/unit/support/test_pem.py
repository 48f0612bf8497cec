"""A key in PEM is one, however a CI system keeps it; any other secret stays as it is."""

from __future__ import annotations

import base64

import pytest

from osia_conformance.support.pem import key_texts, pem_text

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


ENCRYPTED = "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00112233445566778899AABBCCDDEEFF\n\n"


@pytest.mark.parametrize("kind", ["", "EC ", "ENCRYPTED "])
def test_of_a_private_keys_file_only_the_lines_of_the_key_are_secret(kind: str) -> None:
    public = "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n"
    certificate = f"-----BEGIN CERTIFICATE-----\n{'MIIB' * 16}\n-----END CERTIFICATE-----\n"
    key = PEM.replace("PRIVATE", f"{kind}PRIVATE").replace("-----\nMC4", f"-----\n{ENCRYPTED}MC4")
    text = public + key + certificate
    assert key_texts(text) == [text, text, "MC4CAQAwBQYDK2VwBCIEIA=="]


def test_a_key_without_its_end_is_one() -> None:
    assert key_texts(PEM.partition("-----END")[0])[2:] == ["MC4CAQAwBQYDK2VwBCIEIA=="]
