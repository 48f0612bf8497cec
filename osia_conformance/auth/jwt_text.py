"""JSON Web Tokens as text: read unverified, changed, put together unsigned (RFC 7515, RFC 7519)."""

from __future__ import annotations

import base64
import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_SEGMENTS = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*")
_USUAL_CLAIM = "scope"
_OTHER_CLAIM = "scp"
_LATEST = 10**15


@dataclass(frozen=True, slots=True)
class Unverified:
    """A JWT's header and claims, as they stand there."""

    header: Mapping[str, Any]
    claims: Mapping[str, Any]

    def scopes(self, claim: str = _USUAL_CLAIM) -> frozenset[str] | None:
        """Return the scopes in `claim`, a spaced string or a list; None if they are not there.

        The usual claim "scope" (RFC 8693, 4.2) may also be called "scp".
        """
        names = (claim, _OTHER_CLAIM) if claim == _USUAL_CLAIM else (claim,)
        return next((as_scopes(self.claims[name]) for name in names if name in self.claims), None)

    def moment(self, claim: str) -> float | None:
        """Return a time claim ("exp", "nbf") in seconds since 1970, or None (RFC 7519, 2)."""
        value = self.claims.get(claim)
        if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < _LATEST:
            return None
        return float(value)


def as_scopes(value: Any) -> frozenset[str] | None:
    """Return a scope member's value as a set; None if it is neither a string nor a list of strings."""
    if isinstance(value, str):
        return frozenset(value.split())
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return frozenset(value)
    return None


def parse(token: str) -> Unverified | None:
    """Return what a signed JWT says; None if `token` is none."""
    if not _SEGMENTS.fullmatch(token):
        return None
    head, body, _ = token.split(".")
    header, claims = _object(head), _object(body)
    if header is None or claims is None or "alg" not in header:
        return None
    return Unverified(header, claims)


def unsigned(header: Mapping[str, Any], claims: Mapping[str, Any], alg: str | None = "none") -> str:
    """Return an unsecured JWT: `alg` is "none" and the signature is empty (RFC 7519, 6); None leaves `alg` out."""
    rest = {name: value for name, value in header.items() if name != "alg"}
    named = {} if alg is None else {"alg": alg}
    return f"{_segment({**rest, **named})}.{_segment(claims)}."


def by_hs256(header: Mapping[str, Any], claims: Mapping[str, Any], secret: bytes) -> str:
    """Return a JWT signed by HS256 with a secret of any kind (RFC 7518, 3.2)."""
    content = f"{_segment({**header, 'alg': 'HS256'})}.{_segment(claims)}"
    return f"{content}.{_text(hmac.digest(secret, content.encode(), 'sha256'))}"


def with_content(token: str, header: Mapping[str, Any], claims: Mapping[str, Any]) -> str:
    """Return a JWT of this header and these claims with the signature of another `token`."""
    return f"{_segment(header)}.{_segment(claims)}.{token.rpartition('.')[2]}"


def with_half_a_signature(token: str) -> str:
    """Return a signed JWT with the first half of its signature."""
    content, _, signature = token.rpartition(".")
    return f"{content}.{signature[: len(signature) // 8 * 4]}"


def altered(token: str) -> str:
    """Return a token that differs from `token` in one character: of a JWT, the first of its signature."""
    at = token.rfind(".") + 1 if parse(token) else len(token) // 2
    other = "B" if token[at : at + 1] == "A" else "A"
    return token[:at] + other + token[at + 1 :]


def _segment(members: Mapping[str, Any]) -> str:
    return _text(json.dumps(members, separators=(",", ":")).encode())


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _object(segment: str) -> dict[str, Any] | None:
    try:
        value = json.loads(base64.urlsafe_b64decode(segment + "=" * (-len(segment) % 4)))
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
