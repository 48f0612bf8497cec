"""Encrypted nodes: what was encrypted is decrypted again, and what was damaged is told."""

import base64

import pytest

from osia_conformance.checks.crypto import encryption
from osia_conformance.checks.crypto.encryption import UndecipherableError

KINDS = list(encryption.ENCRYPTION_FORMATS)
BLOCK = {"lastName": "Müller", "nested": {"list": [1, 2.5, True, None]}}


@pytest.mark.parametrize("kind", KINDS)
def test_a_node_becomes_a_string_and_comes_back(kind):
    text = encryption.encrypted_node(kind, BLOCK)
    assert isinstance(text, str)
    assert "Müller" not in text
    assert encryption.decrypted_node(kind, text) == BLOCK


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("data", [b"", b"\r\n\n\r", bytes(range(256)) * 9], ids=["empty", "line ends", "every byte"])
def test_a_buffer_comes_back_byte_by_byte(kind, data):
    assert encryption.decrypted_buffer(kind, encryption.encrypted_buffer(kind, data)) == data


def test_a_jwe_is_compact_and_pkcs7_is_base64_of_der():
    assert encryption.encrypted_buffer("JWE", b"x").count(".") == 4
    assert base64.b64decode(encryption.encrypted_buffer("PKCS7", b"x"), validate=True)[0] == 0x30


def test_line_breaks_in_base64_do_no_harm():
    text = encryption.encrypted_buffer("PKCS7", b"x")
    assert encryption.decrypted_buffer("PKCS7", f"{text[:64]}\r\n{text[64:]}") == b"x"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text[:-8],
        lambda text: text[:40],
        lambda text: text.lower(),
        lambda text: base64.b64encode(base64.b64encode(text.encode())).decode(),
        lambda text: "ü",
        lambda text: "",
        lambda text: {"text": text},
    ],
)
def test_a_damaged_value_is_told(kind, damage):
    value = damage(encryption.encrypted_node(kind, BLOCK))
    with pytest.raises(UndecipherableError, match=r"."):
        encryption.decrypted_node(kind, value)


def test_what_holds_no_json_is_told():
    with pytest.raises(UndecipherableError, match="Expecting value"):
        encryption.decrypted_node("JWE", encryption.encrypted_buffer("JWE", b"no json"))


def test_the_block_names_what_is_encrypted():
    owner = encryption.with_encryption({"a": 1, "b": {}, "c": "kept"}, "JWE", a="x", b="y")
    assert owner == {"a": "x", "b": "y", "c": "kept", "encryption": {"type": "JWE", "scope": "a b"}}
