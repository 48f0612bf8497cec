"""Encrypted nodes (from 1.3.0): made, and decrypted from what a server answers.

An encrypted object becomes one string, an encrypted buffer takes the place of the clear one. How a string holds them
is ruled in RUL-ENCRYPTION.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import rfc8785
from cryptography.exceptions import UnsupportedAlgorithm

from osia_conformance.checks.crypto.keys import own_keys
from osia_conformance.support.base64_text import decoded
from osia_conformance.support.json_types import Json

_PEM_BEGIN, _PEM_END = "-----BEGIN CMS-----", "-----END CMS-----"
_JWE = {"alg": "RSA-OAEP-256", "enc": "A256GCM"}
_UNREADABLE = (ValueError, TypeError, LookupError, UnsupportedAlgorithm)


@dataclass(frozen=True, slots=True)
class Format:
    """One of the two formats: octets to octets, and the octets as the string that JSON holds.

    `from_text` takes both forms that a string may have, `recode` makes the other one of ours (RUL-FORMS).
    """

    encrypt: Callable[[bytes], bytes]
    decrypt: Callable[[bytes], bytes]
    as_text: Callable[[bytes], str]
    from_text: Callable[[str], bytes]
    recode: Callable[[str], str]


def _as_jwe(data: bytes) -> bytes:
    from joserfc import jwe  # noqa: PLC0415 - slow, and needed from version 1.3.0 on

    return jwe.encrypt_compact(_JWE, data, own_keys().jwk, list(_JWE.values())).encode("ascii")


def _from_jwe(data: bytes) -> bytes:
    from joserfc import jwe  # noqa: PLC0415 - as above
    from joserfc.errors import JoseError  # noqa: PLC0415

    try:
        return jwe.decrypt_compact(data, own_keys().jwk, list(_JWE.values())).plaintext or b""
    except JoseError as error:
        raise ValueError(str(error)) from error


def _as_pkcs7(data: bytes) -> bytes:
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415 - as above
    from cryptography.hazmat.primitives.ciphers import algorithms  # noqa: PLC0415
    from cryptography.hazmat.primitives.serialization import pkcs7  # noqa: PLC0415

    builder = pkcs7.PKCS7EnvelopeBuilder().set_data(data).add_recipient(own_keys().certificate)
    builder = builder.set_content_encryption_algorithm(algorithms.AES256)
    return builder.encrypt(serialization.Encoding.DER, [pkcs7.PKCS7Options.Binary])


def _from_pkcs7(data: bytes) -> bytes:
    from cryptography.hazmat.primitives.serialization import pkcs7  # noqa: PLC0415 - as above

    keys = own_keys()
    return pkcs7.pkcs7_decrypt_der(data, keys.certificate, keys.private, [])


def _compact(data: bytes) -> str:
    return data.decode("ascii")


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _from_jwe_text(text: str) -> bytes:
    """Return the compact form of a JWE (RFC 7516, 7.1), which stands as it is or in base64."""
    return text.encode("ascii") if "." in text else decoded(text)


def _armoured(text: str) -> str:
    """Return base64 of a DER as PEM (RFC 7468, 9)."""
    lines = base64.encodebytes(decoded(text)).decode("ascii")
    return f"{_PEM_BEGIN}\n{lines}{_PEM_END}\n"


def _from_pkcs7_text(text: str) -> bytes:
    """Return the DER of an EnvelopedData, which stands in base64 or as PEM."""
    lines = text.strip().splitlines()
    is_pem = bool(lines) and lines[0].startswith("-----BEGIN")
    return decoded("".join(lines[1:-1]) if is_pem else text)


ENCRYPTION_FORMATS = {
    "JWE": Format(_as_jwe, _from_jwe, _compact, _from_jwe_text, lambda text: _base64(text.encode("ascii"))),
    "PKCS7": Format(_as_pkcs7, _from_pkcs7, _base64, _from_pkcs7_text, _armoured),
}
"""By the names of the standard: compact serialization (RFC 7516, 7.1) and EnvelopedData (RFC 5652, 6)."""


class UndecipherableError(ValueError):
    """A value cannot be decrypted; the phrase says why."""


def encrypted_node(kind: str, value: Any) -> str:
    """Return a JSON node as the string that takes its place, canonical before it is encrypted (RFC 8785)."""
    return encrypted_buffer(kind, rfc8785.dumps(value))


def encrypted_buffer(kind: str, data: bytes) -> str:
    """Return a buffer as the string that takes the place of its base64 text."""
    chosen = ENCRYPTION_FORMATS[kind]
    return chosen.as_text(chosen.encrypt(data))


def decrypted_buffer(kind: str, value: Any) -> bytes:
    """Return the octets that a server's answer holds encrypted. Raises UndecipherableError."""
    if not isinstance(value, str):
        raise UndecipherableError("it is no string")
    try:
        return decrypted_bytes(kind, ENCRYPTION_FORMATS[kind].from_text(value))
    except ValueError as error:
        raise UndecipherableError(str(error) or "it is damaged") from error


def decrypted_bytes(kind: str, data: bytes) -> bytes:
    """Return what was encrypted into these octets. Raises UndecipherableError."""
    try:
        return ENCRYPTION_FORMATS[kind].decrypt(data)
    except _UNREADABLE as error:
        raise UndecipherableError(str(error) or "it is damaged") from error


def decrypted_node(kind: str, value: Any) -> Any:
    """Return the JSON node that a string holds encrypted. Raises UndecipherableError."""
    try:
        return json.loads(decrypted_buffer(kind, value))
    except ValueError as error:
        raise UndecipherableError(str(error)) from error


def with_encryption(owner: Json, kind: str, **values: str) -> Json:
    """Return the object with these members replaced by encrypted ones, and the block that tells so."""
    return {**owner, **values, "encryption": {"type": kind, "scope": " ".join(values)}}
