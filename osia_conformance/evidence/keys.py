"""The keys that reports are signed with: Ed25519 (RFC 8032) and ECDSA P-256 (FIPS 186-5), in PEM."""

from __future__ import annotations

import os
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)
from securesystemslib.signer import CryptoSigner, SSlibKey

from osia_conformance.support.pem import key_texts, pem_text
from osia_conformance.support.secrets import ConfigurationError, Redactor, SecretReference, is_reference

ED25519, ECDSA_P256 = "ed25519", "ecdsa-p256"
ALGORITHMS = (ED25519, ECDSA_P256)
"""The kinds of keys, the usual one first."""
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_UNUSABLE = (ValueError, TypeError, UnsupportedAlgorithm)
_WANTED = "an Ed25519 or ECDSA P-256 key in PEM"


class SigningKey(CryptoSigner):
    """A private key that signs. `redactor` finds its text."""

    def __init__(self, key: Ed25519PrivateKey | EllipticCurvePrivateKey, text: str) -> None:
        super().__init__(key)
        self.redactor = Redactor(key_texts(text))


def generate(algorithm: str, path: Path) -> tuple[Path, Path]:
    """Write a new key pair and return its paths: the private key at `path`, the public one beside it, `.pub`.

    The private key is PKCS#8 and readable by its owner alone, the public one SubjectPublicKeyInfo. Raises
    ConfigurationError if one of the files is there already or cannot be written.
    """
    if not path.name or path.is_dir():
        raise ConfigurationError(f"--out: {path} is a directory; name the private key's file.")
    public = path.with_suffix(".pub")
    if public == path:
        raise ConfigurationError(f"--out: {path} is the public key's name; name the private key's file.")
    key = Ed25519PrivateKey.generate() if algorithm == ED25519 else generate_private_key(SECP256R1())
    _write(public, key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo), 0o644)
    try:
        _write(path, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()), 0o600)
    except ConfigurationError:
        public.unlink()
        raise
    return path, public


def private_key(text: str, option: str) -> SigningKey:
    """Return a signer with the key behind the secret reference `text`; `option` names it in errors.

    Raises ConfigurationError if `text` is no reference, or there is no key of a kind that is used here.
    """
    try:
        secret = SecretReference(text).resolve()
    except ConfigurationError as error:
        raise ConfigurationError(f"{option}: {error}") from None
    try:
        key = load_pem_private_key(pem_text(secret).encode(), None)
    except _UNUSABLE:
        raise ConfigurationError(
            f"{option}: the key behind {text} cannot be used; give {_WANTED}, private and not encrypted."
        ) from None
    if isinstance(key, Ed25519PrivateKey) or (
        isinstance(key, EllipticCurvePrivateKey) and isinstance(key.curve, SECP256R1)
    ):
        return SigningKey(key, secret)
    raise ConfigurationError(f"{option}: the key behind {text} is of another kind; give {_WANTED}.")


def public_key(text: str, option: str) -> SSlibKey:
    """Return the public key in the file `text` (or behind a reference `env:NAME` or `file:PATH`).

    Raises ConfigurationError if there is none of a kind that is used here.
    """
    try:
        pem = pem_text(SecretReference(text if is_reference(text) else f"file:{text}").resolve())
    except ConfigurationError as error:
        raise ConfigurationError(f"{option}: {error}") from None
    if "PRIVATE KEY" in pem:
        raise ConfigurationError(f"{option}: {text} is a private key; give the public one, which ends in .pub.")
    try:
        key = load_pem_public_key(pem.encode())
    except _UNUSABLE:
        raise ConfigurationError(f"{option}: {text} is no public key; give {_WANTED}.") from None
    if isinstance(key, Ed25519PublicKey) or (
        isinstance(key, EllipticCurvePublicKey) and isinstance(key.curve, SECP256R1)
    ):
        return SSlibKey.from_crypto(key)
    raise ConfigurationError(f"{option}: {text} is a key of another kind; give {_WANTED}.")


def canonical(signature: bytes, key: SSlibKey) -> bytes:
    """Return a signature of `key` in the one form in which it is written: of ECDSA the lower s, in DER.

    Raises ValueError for what is no ECDSA signature.
    """
    if not key.scheme.startswith("ecdsa"):
        return signature
    r, s = decode_dss_signature(signature)
    return encode_dss_signature(r, min(s, P256_ORDER - s))


def described(key: SSlibKey) -> str:
    """Return the key for people: its kind and the first 16 digits of its id."""
    return f"{key.scheme} {key.keyid[:16]}"


def _write(path: Path, content: bytes, mode: int) -> None:
    try:
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    except FileExistsError:
        raise ConfigurationError(
            f"--out: {path} is there already; a key is never overwritten, so name another file."
        ) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ConfigurationError(f"--out: {path} cannot be written: {reason}.") from None
    with os.fdopen(file, "wb") as opened:
        opened.write(content)
