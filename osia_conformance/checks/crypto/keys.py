"""The key pair of the synthetic enrollment operator: signs, and reads what was encrypted for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric import rsa
    from joserfc.jwk import RSAKey

BITS = 2048
"""The least that RFC 7518 allows (3.3, 4.3)."""
_FROM, _TO = datetime(2020, 1, 1, tzinfo=UTC), datetime(2120, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Keys:
    """One RSA key in the forms in which JOSE and CMS want it."""

    private: rsa.RSAPrivateKey
    jwk: RSAKey
    certificate: x509.Certificate


_LOCK = Lock()
"""Held while the key pair is made: sessions in several threads must get the same one."""


def own_keys() -> Keys:
    """Return the key pair of this process, made when it is first asked for and never written down."""
    with _LOCK:
        return _new_keys()


@cache
def _new_keys() -> Keys:
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415 - slow, and needed from version 1.3.0 on
    from cryptography.hazmat.primitives.asymmetric import rsa  # noqa: PLC0415
    from joserfc.jwk import RSAKey  # noqa: PLC0415

    private = rsa.generate_private_key(public_exponent=65537, key_size=BITS)
    encoding, kind = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    pem = private.private_bytes(encoding, kind, serialization.NoEncryption())
    return Keys(private, RSAKey.import_key(pem), _self_signed(private))


def _self_signed(private: rsa.RSAPrivateKey) -> x509.Certificate:
    """Return the certificate that CMS needs to name signer and recipient (RFC 5652, 10.2.4)."""
    from cryptography import x509  # noqa: PLC0415 - as above
    from cryptography.hazmat.primitives import hashes  # noqa: PLC0415
    from cryptography.x509.oid import NameOID  # noqa: PLC0415

    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "osia-conformance synthetic operator")])
    builder = x509.CertificateBuilder(name, name, private.public_key(), 1, _FROM, _TO)
    return builder.sign(private, hashes.SHA256())
