"""Signing JWTs with a key that a secret reference names (RFC 7518, RFC 8037)."""

from __future__ import annotations

import json
import secrets
import threading
from collections.abc import Mapping
from functools import cache
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, Key, OctKey, OKPKey, RSAKey

from osia_conformance.auth import jwt_text
from osia_conformance.support.pem import pem_text
from osia_conformance.support.secrets import ConfigurationError, Redactor, SecretReference
from osia_conformance.support.warning_filters import warnings_set_to

_CURVES = {"ES256": "P-256", "ES384": "P-384", "ES512": "P-521"}
_NEEDS = {
    "HS": "a secret of any text, or a JWK of kty oct",
    "RS": "an RSA private key in PEM or as a JWK",
    "PS": "an RSA private key in PEM or as a JWK",
    "ES": "an EC private key on the algorithm's curve, in PEM or as a JWK",
    "Ed": "an Ed25519 or Ed448 private key in PEM or as a JWK",
}
_OWN_KEY_LOCK = threading.Lock()
_PRIVATE_MEMBERS = ("k", "d", "p", "q", "dp", "dq", "qi")
_UNUSABLE = (
    JoseError,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    ArithmeticError,
    RecursionError,
    UnsupportedAlgorithm,
)


class _AnyAlgorithm(jws.JWSRegistry):
    """Signs by whatever algorithm was configured, also one that is no longer recommended, with any header."""

    def get_alg(self, name: str) -> Any:
        return self.algorithms[name]

    def check_header(self, header: dict[str, Any]) -> None:
        # A crit that nobody knows is what some tokens are made for.
        super().check_header({name: value for name, value in header.items() if name != "crit"})


class Signer:
    """Signs with the key behind `reference`, which is read again at each signature.

    A key that is weak for the algorithm is taken, since the target's environment decides that.
    `where` names the key in errors. Raises ConfigurationError if the key does not suit the algorithm.
    """

    def __init__(
        self,
        algorithm: str,
        reference: SecretReference,
        redactor: Redactor,
        where: str,
        environ: Mapping[str, str] | None = None,
    ) -> None:
        self._algorithm = algorithm
        self._reference = reference
        self._redactor = redactor
        self._where = where
        self._environ = environ
        self._text = ""
        self._key = self._read()
        self._stranger: Key | None = None

    @property
    def key_id(self) -> str | None:
        """The `kid` that the key itself states, as a JWK may."""
        return self._key.kid

    def refresh(self) -> bool:
        """Read the key again; return True if it has changed."""
        before = self._text
        self._key = self._read()
        if self._text == before:
            return False
        self._stranger = None
        return True

    def sign(self, header: Mapping[str, Any], claims: Mapping[str, Any]) -> str:
        """Return the signed JWT; `alg` comes first in its header. Raises ConfigurationError."""
        return self._signed(self._key, header, claims)

    def sign_as_stranger(self, header: Mapping[str, Any], claims: Mapping[str, Any]) -> str:
        """Return the JWT signed with a key of the same type that the target has never seen."""
        if self._stranger is None:
            self._stranger = _generate(self._key)
        return self._signed(self._stranger, header, claims)

    def sign_with_public_key(self, header: Mapping[str, Any], claims: Mapping[str, Any]) -> str | None:
        """Return the JWT signed by HS256, with the public key in PEM as the secret: a server that lets the token say
        the algorithm takes it (RFC 8725, 2.1). None if the key is a secret itself."""
        if isinstance(self._key, OctKey):
            return None
        return jwt_text.by_hs256({"typ": "JWT", **header}, claims, self._key.as_pem(private=False))

    def _signed(self, key: Key, header: Mapping[str, Any], claims: Mapping[str, Any]) -> str:
        whole = {"alg": self._algorithm, "typ": "JWT", **header}
        registry = _AnyAlgorithm(strict_check_header=False)
        try:
            token = jws.serialize_compact(whole, json.dumps(claims).encode(), key, registry=registry)
        except _UNUSABLE as error:
            raise ConfigurationError(
                f"{self._where}: no {self._algorithm} signature can be made with this key and header "
                f"({type(error).__name__})."
            ) from None
        self._redactor.add(token)
        return token

    def _read(self) -> Key:
        secret = self._reference.resolve(self._environ)
        text = pem_text(secret)
        if text == self._text:
            return self._key
        for form in (secret, text):
            self._redactor.add(form)
        try:
            with warnings_set_to("ignore"):
                key = _imported(text, self._algorithm, self._redactor)
                suits = _suits(key, self._algorithm)
        except _UNUSABLE:
            suits = False
        if not suits:
            raise ConfigurationError(
                f"{self._where}: the key behind {self._reference} does not suit {self._algorithm}, "
                f"which needs {_NEEDS[self._algorithm[:2]]}, not encrypted."
            )
        self._text = text
        return key


def signed_with_its_own_key(header: Mapping[str, Any], claims: Mapping[str, Any]) -> str:
    """Return a JWT signed with a key of ours, which its header holds (jwk; RFC 7515, 4.1.3), by the header's `alg`."""
    algorithm = str(header.get("alg"))
    key = _own_key(algorithm)
    public = key.as_dict(private=isinstance(key, OctKey))
    whole = {**header, "alg": algorithm if algorithm[:2] in _NEEDS else "ES256", "jwk": public}
    registry = _AnyAlgorithm(strict_check_header=False)
    return jws.serialize_compact(whole, json.dumps(claims).encode(), key, registry=registry)


def _own_key(algorithm: str) -> Key:
    """Return the process's key for the algorithm; whichever thread asks first makes it."""
    with _OWN_KEY_LOCK:
        return _new_key(algorithm)


@cache
def _new_key(algorithm: str) -> Key:
    """Return a key that is nobody's, and good for the algorithm; for one that is not known, good for ES256."""
    match algorithm[:2]:
        case "HS":
            return OctKey.import_key(secrets.token_bytes(64))
        case "RS" | "PS":
            return RSAKey.generate_key(2048)
        case "Ed":
            return OKPKey.generate_key("Ed25519")
        case _:
            return ECKey.generate_key(_CURVES.get(algorithm, "P-256"))


def _imported(text: str, algorithm: str, redactor: Redactor) -> Key:
    kinds: dict[str, type[OctKey] | type[RSAKey] | type[ECKey] | type[OKPKey]] = {
        "HS": OctKey,
        "RS": RSAKey,
        "PS": RSAKey,
        "ES": ECKey,
        "Ed": OKPKey,
    }
    kind = kinds[algorithm[:2]]
    members = _jwk(text)
    if members is None:
        return kind.import_key(text)
    for member in _PRIVATE_MEMBERS:
        if isinstance(members.get(member), str):
            redactor.add(members[member])
    if members["kty"] != kind.key_type:
        raise ValueError(algorithm)
    return kind.import_key(members)


def _jwk(text: str) -> dict[str, Any] | None:
    """Return the JWK that `text` is; None for anything else, such as a secret that begins with a brace."""
    if not text.lstrip().startswith("{"):
        return None
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) and "kty" in value else None


def _suits(key: Key, algorithm: str) -> bool:
    if isinstance(key, OctKey):
        return b"-----BEGIN" not in key.raw_value
    curve = _CURVES.get(algorithm)
    return key.is_private and (curve is None or (isinstance(key, ECKey) and key.curve_name == curve))


def _generate(key: Key) -> Key:
    if isinstance(key, OctKey):
        return OctKey.import_key(secrets.token_bytes(64))
    if isinstance(key, RSAKey):
        return RSAKey.generate_key(max(2048, key.raw_value.key_size))
    if isinstance(key, ECKey):
        return ECKey.generate_key(key.curve_name)
    return OKPKey.generate_key(key.curve_name)
