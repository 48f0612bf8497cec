"""The method "jwt": the suite signs its tokens itself, with the key of a test environment."""

from __future__ import annotations

import math
import threading
import time
import uuid
from collections.abc import Callable, Collection, Mapping
from typing import Any

from osia_conformance.auth import model
from osia_conformance.auth.faults import Fault, forged
from osia_conformance.auth.model import SECONDS_OFF, CannotIssue, Kind, Token
from osia_conformance.auth.signing import Signer
from osia_conformance.config.settings import AuthSettings
from osia_conformance.support.secrets import ConfigurationError, Redactor

_MOST_SKEW = 30
_MOST_MARGIN = 60
_CRITICAL = {"crit": ["urn:example:unknown"], "urn:example:unknown": True}
"""A header that a server must understand or else refuse the token (RFC 7515, 4.1.11)."""
_SOMEBODY_ELSE = "https://somebody-else.example"


class SignedTokens:
    """Signs tokens and uses each again until it is about to expire.

    Raises ConfigurationError if the key does not suit the algorithm.
    """

    kind: Kind = "jwt"

    def __init__(
        self,
        auth: AuthSettings,
        redactor: Redactor,
        clock: Callable[[], float] = time.time,
        environ: Mapping[str, str] | None = None,
    ) -> None:
        self._auth = auth
        self._redactor = redactor
        self._clock = clock
        self._cache: dict[tuple[str, ...], tuple[float, Token]] = {}
        self._lock = threading.Lock()
        if auth.algorithm is None or auth.key is None:
            raise ConfigurationError('auth: the method "jwt" needs algorithm and key.')
        self._signer = Signer(auth.algorithm, auth.key, redactor, "auth.key", environ)
        self._signer.sign(self._header(), {})

    def valid(self, scopes: Collection[str]) -> Token:
        """Return a token with just these scopes, whatever strings they are."""
        return self.arbitrary(sorted(scopes))

    def arbitrary(self, scopes: Collection[str]) -> Token:
        """Return a token with these scopes, in this order."""
        names = tuple(scopes)
        with self._lock:
            if self._signer.refresh():
                self._cache.clear()
            ends, token = self._cache.get(names, (0.0, None))
            now = self._clock()
            if token is None or ends - min(_MOST_MARGIN, self._auth.lifetime / 2) <= now:
                claims = self._claims(names, now)
                token = Token(self._signer.sign(self._header(), claims), frozenset(names))
                self._cache[names] = (claims["exp"], token)
            return token

    def faulty(self, fault: Fault, scopes: Collection[str]) -> Token:
        """Return a token for these scopes with one fault; times are off by more than an hour."""
        alike = model.of_any_method(fault, lambda: self.valid(scopes), self._redactor)
        if alike is not None:
            return alike
        if fault is Fault.KEY_CONFUSION:
            return self._redacted(self._confused(tuple(sorted(scopes))), scopes)
        # The original is one that the server may have seen: a cache keyed by a part of a token then shows.
        made = forged(fault, self.valid(scopes).value or "")
        if made is not None:
            return self._redacted(made, scopes)
        with self._lock:
            self._signer.refresh()
            return self._redacted(self._broken(fault, tuple(sorted(scopes))), scopes)

    def _confused(self, scopes: tuple[str, ...]) -> str:
        with self._lock:
            self._signer.refresh()
            made = self._signer.sign_with_public_key(self._header(), self._claims(scopes, self._clock()))
        if made is None:
            raise CannotIssue("tokens are signed with a secret, so that there is no public key.", inapplicable=True)
        return made

    def _broken(self, fault: Fault, scopes: tuple[str, ...]) -> str:
        now, header = self._clock(), self._header()
        claims = self._claims(scopes, now)
        if fault is Fault.WRONG_SIGNATURE:
            return self._signer.sign_as_stranger(header, claims)
        if fault is Fault.EXPIRED:
            claims |= self._times(now - SECONDS_OFF - self._auth.lifetime)
        if fault is Fault.NOT_YET_VALID:
            later = self._times(now + SECONDS_OFF + 1)
            claims |= {"nbf": later["nbf"], "exp": later["exp"]}
        if fault is Fault.OTHER_AUDIENCE:
            claims |= self._somebody_elses_audience(claims)
        if fault is Fault.UNKNOWN_CRITICAL:
            return self._signer.sign({**header, **_CRITICAL}, claims)
        token = self._signer.sign(header, claims)
        return token.rpartition(".")[0] if fault is Fault.MALFORMED else token

    def _somebody_elses_audience(self, claims: Mapping[str, Any]) -> dict[str, Any]:
        """Return the claim of an audience that is not the configured one; raise CannotIssue if none is configured."""
        if "aud" not in claims:
            raise CannotIssue("no audience is configured in [auth], so that no token names one.", inapplicable=True)
        return {"aud": _SOMEBODY_ELSE}

    def _redacted(self, value: str | None, scopes: Collection[str]) -> Token:
        self._redactor.add(value or "")
        return Token(value, frozenset(scopes))

    def _header(self) -> dict[str, Any]:
        kid = self._auth.kid or self._signer.key_id
        return {**({"kid": kid} if kid else {}), **self._auth.jwt_header}

    def _claims(self, scopes: tuple[str, ...], now: float) -> dict[str, Any]:
        auth = self._auth
        # Clocks differ a little, and a server refuses a token whose nbf it has not reached.
        claims: dict[str, Any] = {"sub": "osia-conformance", "jti": str(uuid.uuid4())}
        claims |= self._times(now - min(_MOST_SKEW, auth.lifetime / 10))
        if auth.issuer:
            claims["iss"] = auth.issuer
        if auth.audience:
            claims["aud"] = auth.audience[0] if len(auth.audience) == 1 else list(auth.audience)
        if scopes:
            claims[auth.scope_claim] = " ".join(scopes) if auth.scope_format == "string" else list(scopes)
        return claims | dict(auth.claims)

    def _times(self, start: float) -> dict[str, int]:
        """Return the time claims of a token that is valid from `start` (RFC 7519, 4.1: whole seconds)."""
        return {"iat": int(start), "nbf": int(start), "exp": math.ceil(start + self._auth.lifetime)}
