"""Tokens: the keys, the check of a bearer token and its scopes, and the endpoint that issues tokens."""

from __future__ import annotations

import json
import time
import warnings
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError, SecurityWarning
from joserfc.jwa import JWSAlgModel
from joserfc.jwk import JWKRegistry, Key, KeySet
from joserfc.jws import JWSRegistry

from osia_reference.replies import Refusal
from osia_reference.settings import JWT, OPAQUE, ServerSettings

KEY_TYPES = {"HS": "oct", "RS": "RSA", "PS": "RSA", "ES": "EC", "Ed": "OKP"}
ALGORITHMS = frozenset(f"{family}{bits}" for family in ("HS", "RS", "PS", "ES") for bits in (256, 384, 512)) | {"EdDSA"}

Claims = dict[str, Any]
MOST_REMEMBERED = 10_000
"""Tokens whose signature is not verified again."""


class Algorithms(JWSRegistry):
    """Exactly one algorithm. The operator chose it, so the library's warnings about it are left out."""

    def __init__(self, algorithm: str) -> None:
        super().__init__(algorithms=[algorithm], strict_check_header=False)

    def get_alg(self, name: str) -> JWSAlgModel:
        """Return the algorithm if it is the one allowed."""
        if name not in (self.allowed or ()):
            raise JoseError(f"Algorithm {name} is not allowed")
        return self.algorithms[name]


def load_key(text: str, algorithm: str) -> Key | KeySet:
    """Return the key of a secret, a PEM text, a JWK or a JWK set.

    Raises:
        ValueError: the algorithm is unknown, or the text is no key for it.
    """
    if algorithm not in ALGORITHMS:
        raise ValueError(f"jwt_algorithm {algorithm} is not supported; use one of {', '.join(sorted(ALGORITHMS))}.")
    kind = KEY_TYPES[algorithm[:2]]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SecurityWarning)
            key = _parsed_key(text, kind)
    except (JoseError, ValueError, TypeError) as error:
        raise ValueError(f"jwt_key is no {kind} key, which {algorithm} needs; give a matching key.") from error
    if any(each.key_type != kind for each in (key.keys if isinstance(key, KeySet) else [key])):
        raise ValueError(f"jwt_key holds a key that is not {kind}, which {algorithm} needs; give a matching key.")
    return key


def configured_key(settings: ServerSettings) -> Key | KeySet | None:
    """Return the key of the settings, None if there is none and none is needed.

    Raises:
        ValueError: the key is missing or bad.
    """
    if settings.jwt_key is not None:
        return load_key(settings.jwt_key, settings.jwt_algorithm)
    if settings.auth == "bearer" and settings.token_format == JWT:
        raise ValueError("jwt_key is missing; give a key, or choose opaque tokens or auth none.")
    return None


def _parsed_key(text: str, kind: str) -> Key | KeySet:
    if not text.lstrip().startswith("{"):
        return JWKRegistry.import_key(text, kind)
    value = json.loads(text)
    return KeySet.import_key_set(value) if "keys" in value else JWKRegistry.import_key(value)


class OpaqueTokens:
    """Random tokens that the server has issued: their scopes, and their end in seconds since 1970."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[frozenset[str], float]] = {}

    def remember(self, token: str, scopes: frozenset[str], expires: float) -> None:
        """Make a token known."""
        self._known[token] = (scopes, expires)

    def lookup(self, token: str) -> tuple[frozenset[str], float] | None:
        """Return a token's scopes and end, or None."""
        return self._known.get(token)


class TokenCheck:
    """Decides whether a call may go on: 401 without a good token, 403 without the scope (RFC 6750, 3.1)."""

    def __init__(self, settings: ServerSettings, key: Key | KeySet | None, opaque: OpaqueTokens) -> None:
        self.settings = settings
        self.key = key
        self.opaque = opaque
        self.registry = Algorithms(settings.jwt_algorithm)
        self._signed: set[str] = set()

    def authorize(self, authorization: str | None, required: frozenset[str]) -> None:
        """Let a call with this Authorization header pass, or raise Refusal."""
        if self.settings.auth != "none":
            self.check_scopes(self.authenticate(authorization), required)

    def authenticate(self, authorization: str | None) -> frozenset[str]:
        """Return the scopes of a good token, or refuse with 401."""
        token = self.bearer(authorization)
        if self.settings.token_format == OPAQUE:
            return self.opaque_scopes(token)
        return self.granted(self.claims(token))

    def bearer(self, authorization: str | None) -> str:
        """Return the token of the header (RFC 6750, 2.1)."""
        scheme, _, token = (authorization or "").strip().partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise Refusal(401, "The call has no bearer token; send one.", {"WWW-Authenticate": 'Bearer realm="OSIA"'})
        return token.strip()

    def claims(self, token: str) -> Claims:
        """Return the claims of a JWT that passes all checks."""
        header, claims = self.parse(token)
        self.check_algorithm(header)
        self.check_signature(token)
        self.check_times(claims)
        self.check_parties(claims)
        return claims

    def parse(self, token: str) -> tuple[Claims, Claims]:
        """Return header and claims of a JWT, nothing of them verified (RFC 7519, 7.2)."""
        try:
            parsed = jws.extract_compact(token.encode("ascii"), registry=self.registry)
            header, claims = parsed.headers(), json.loads(parsed.payload or b"")
        except (JoseError, ValueError, TypeError, RecursionError) as error:
            raise self.bad_token("it is not a JWT") from error
        if not isinstance(header, dict) or not isinstance(claims, dict):
            raise self.bad_token("it is not a JWT")
        return header, claims

    def check_algorithm(self, header: Claims) -> None:
        """Refuse other algorithms (RFC 8725, 3.1) and critical extensions, as none is known (RFC 7515, 4)."""
        if header.get("alg") != self.settings.jwt_algorithm or "crit" in header:
            raise self.bad_token("its algorithm is not accepted here")

    def check_signature(self, token: str) -> None:
        """Refuse a token that the key has not signed; what has once been found good stays so."""
        if token in self._signed:
            return
        try:
            jws.deserialize_compact(token, self.key, registry=self.registry)
        except (JoseError, ValueError, TypeError) as error:
            raise self.bad_token("its signature is not valid") from error
        if len(self._signed) < MOST_REMEMBERED:
            self._signed.add(token)

    def check_times(self, claims: Claims) -> None:
        """Refuse a token that has no end, has ended, or has not begun (RFC 7519, 4.1.4 and 4.1.5)."""
        self.check_expiry(claims.get("exp"), self.now())
        self.check_not_before(claims.get("nbf"), self.now())

    def check_expiry(self, exp: object, now: float) -> None:
        """Refuse a token whose `exp` is missing or reached."""
        if not is_time(exp) or not exp > now:  # type: ignore[operator]
            raise self.bad_token("it has expired or does not say when it will")

    def check_not_before(self, nbf: object, now: float) -> None:
        """Refuse a token whose `nbf` lies ahead."""
        if nbf is not None and (not is_time(nbf) or not nbf <= now):  # type: ignore[operator]
            raise self.bad_token("it is not valid yet")

    def check_parties(self, claims: Claims) -> None:
        """Refuse a token of another issuer or for another audience, where these are configured."""
        issuer, audience = self.settings.issuer, self.settings.audience
        if issuer is not None and claims.get("iss") != issuer:
            raise self.bad_token("it comes from another issuer")
        audiences = claims.get("aud")
        if audience is not None and audience not in (audiences if isinstance(audiences, list) else [audiences]):
            raise self.bad_token("it is meant for another audience")

    def granted(self, claims: Claims) -> frozenset[str]:
        """Return the scopes of the claim, a list of strings or one string with spaces (RFC 8693, 4.2)."""
        value = claims.get(self.settings.scope_claim)
        scopes = value.split(" ") if isinstance(value, str) else value if isinstance(value, list) else []
        return frozenset(scope for scope in scopes if isinstance(scope, str) and scope)

    def opaque_scopes(self, token: str) -> frozenset[str]:
        """Return the scopes of an opaque token."""
        known = self.opaque.lookup(token)
        if known is None:
            raise self.bad_token("it is unknown")
        scopes, expires = known
        self.check_expiry(expires, self.now())
        return scopes

    def check_scopes(self, granted: frozenset[str], required: frozenset[str]) -> None:
        """Refuse with 403 if a required scope is not granted; scopes are compared whole (RFC 6749, 3.3)."""
        if not required <= granted:
            names = " ".join(sorted(required))
            challenge = f'Bearer realm="OSIA", error="insufficient_scope", scope="{names}"'
            raise Refusal(403, f"The token lacks the scope {names}; ask for it.", {"WWW-Authenticate": challenge})

    def bad_token(self, reason: str) -> Refusal:
        """Return the refusal of a token."""
        challenge = f'Bearer realm="OSIA", error="invalid_token", error_description="{reason}"'
        return Refusal(401, f"The token is refused: {reason}; get a new one.", {"WWW-Authenticate": challenge})

    def now(self) -> float:
        """Return the time in seconds since 1970."""
        return time.time()


def is_time(value: object) -> bool:
    """Tell whether a claim is a NumericDate (RFC 7519, 2)."""
    return isinstance(value, int | float) and not isinstance(value, bool)
