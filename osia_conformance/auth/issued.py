"""Tokens that an issuer gives when it is asked: a token endpoint, or a command."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Mapping
from typing import Protocol

from osia_conformance.auth import jwt_text
from osia_conformance.auth.breaker import Breaker
from osia_conformance.auth.faults import Fault
from osia_conformance.auth.model import CannotIssue, Kind, Token, TokenError, named
from osia_conformance.auth.static import ConfiguredTokens, made_from_real
from osia_conformance.auth.token_response import Grant
from osia_conformance.support.secrets import Redactor

_MOST_MARGIN = 60
"""Seconds before its end at which a token is no longer used, or half its lifetime if that is less."""


class Issuer(Protocol):
    """Whoever gives tokens."""

    def ask(self, scopes: Collection[str], within: float) -> Grant:
        """Return a token for these scopes, in `within` seconds at most; raise TokenError if there is none."""


class IssuedTokens:
    """Uses each token again until it is about to expire, and prefers a token that [auth.tokens] has for the scopes.

    `issuers` go by scope combination, None is the one for all others. The first is asked when a token is. `left`
    gives the seconds that are left of the run.
    """

    def __init__(
        self,
        issuers: Mapping[str | None, Issuer],
        configured: ConfiguredTokens,
        redactor: Redactor,
        clock: Callable[[], float],
        left: Callable[[], float],
    ) -> None:
        self._issuers = issuers
        self._configured = configured
        self._redactor = redactor
        self._clock = clock
        self._left = left
        self._cache: dict[str, tuple[float, Grant]] = {}
        self._lock = threading.Lock()
        self._breaker = Breaker(clock)
        self._seen: Kind = "unknown"

    @property
    def kind(self) -> Kind:
        """What the last token from an issuer was."""
        return self._seen

    def valid(self, scopes: Collection[str]) -> Token:
        """Return a token for these scopes: the configured one, else from their own or the common issuer.

        Raises TokenError, or CannotIssue if there is no issuer for them.
        """
        name = named(scopes)
        if self._configured.has(name):
            return self._configured.current(name)
        issuer = self._issuers.get(name) or self._issuers.get(None)
        if issuer is None:
            raise CannotIssue(f'no client is configured for "{name}".')
        with self._lock:
            useful_until, grant = self._cache.get(name, (0.0, None))
            if grant is None or useful_until <= self._clock():
                asked = self._clock()
                grant = self._ask(issuer, name, scopes)
                useful_until = asked + grant.expires_in - min(_MOST_MARGIN, grant.expires_in / 2)
                self._cache[name] = (useful_until, grant)
                self._seen = "jwt" if jwt_text.parse(grant.value) else "opaque"
            return Token(grant.value, grant.scopes)

    def _ask(self, issuer: Issuer, name: str, scopes: Collection[str]) -> Grant:
        self._breaker.check(name)
        try:
            grant = issuer.ask(scopes, self._left())
        except TokenError as error:
            self._breaker.record_failure(name, error)
            raise
        self._breaker.record_token(name)
        return grant

    def faulty(self, fault: Fault, scopes: Collection[str]) -> Token:
        """Return a token with one fault; one that is off in time has to be configured in [auth.tokens]."""
        if fault in {Fault.EXPIRED, Fault.NOT_YET_VALID}:
            self.valid(scopes)
            return self._configured.timed(fault, self.kind)
        return made_from_real(fault, lambda: self.valid(scopes), self._redactor)

    def arbitrary(self, scopes: Collection[str]) -> Token:
        """Raise CannotIssue: an issuer knows no made-up scopes."""
        raise CannotIssue("tokens with made-up scopes can only be had where the suite signs them itself.")
