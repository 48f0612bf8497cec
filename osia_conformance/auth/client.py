"""Tokens from a token endpoint, one client for all scopes or one for each."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Collection, Mapping

from osia_conformance.auth import jwt_text
from osia_conformance.auth.endpoint import Grant, TokenEndpoint
from osia_conformance.auth.faults import Fault
from osia_conformance.auth.model import CannotIssue, Kind, Token, TokenError, named
from osia_conformance.auth.static import ConfiguredTokens, made_from_real
from osia_conformance.config.schema import client_for
from osia_conformance.config.settings import Settings
from osia_conformance.support.secrets import ConfigurationError, Redactor

_MOST_MARGIN = 60
"""Seconds before its end at which a token is no longer used, or half its lifetime if that is less."""
_REFUSALS = 2
"""After so many refusals in a row for the same scopes, the endpoint is not asked for them for a while."""

_SILENT_CALLS = 2
"""After so many calls in a row without an answer, the endpoint is asked for nothing for a while."""

_BREAK_SECONDS = 60.0


class Breaker:
    """Stops the calls to an endpoint that gives nothing: each costs a timeout, or counts towards a lockout.

    `clock` gives seconds.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._rows: dict[str | None, int] = {}
        self._until: dict[str | None, tuple[float, TokenError]] = {}

    def check(self, name: str) -> None:
        """Raise the last TokenError again while the endpoint is not asked for `name`."""
        for key in (None, name):
            until, error = self._until.get(key, (-math.inf, None))
            if error is not None and self._clock() < until:
                reason = f"{error.reason.rstrip('.')}, and it is not asked again for a while."
                raise TokenError(reason, answered=error.answered)

    def record_token(self, name: str) -> None:
        """Note a token for `name`."""
        for key in (None, name):
            self._rows.pop(key, None)

    def record_failure(self, name: str, error: TokenError) -> None:
        """Note that the endpoint gave no token for `name`."""
        if error.answered:
            self._rows.pop(None, None)
        else:
            self._count(None, _SILENT_CALLS, error)
        self._count(name, _REFUSALS, error)

    def _count(self, key: str | None, most: int, error: TokenError) -> None:
        self._rows[key] = self._rows.get(key, 0) + 1
        if self._rows[key] >= most:
            self._until[key] = (self._clock() + _BREAK_SECONDS, error)


class ClientTokens:
    """The method "client-credentials": a token is used again until it is about to expire.

    Raises ConfigurationError if a key or a certificate is unusable. The endpoint is first asked when a token
    is. `left` gives the seconds that are left of the run.
    """

    def __init__(
        self,
        settings: Settings,
        redactor: Redactor,
        clock: Callable[[], float] = time.time,
        environ: Mapping[str, str] | None = None,
        left: Callable[[], float] = lambda: math.inf,
    ) -> None:
        auth = settings.auth
        if auth.token_url is None:
            raise ConfigurationError('auth: the method "client-credentials" needs token-url.')
        self._clock = clock
        self._redactor = redactor
        self._configured = ConfiguredTokens(auth, redactor, clock, environ)
        self._cache: dict[str, tuple[float, Grant]] = {}
        self._lock = threading.Lock()
        self._left = left
        self._breaker = Breaker(clock)
        self._seen: Kind = "unknown"
        names = [*auth.clients, *([None] if auth.client_id else [])]
        self._endpoints = {
            name: TokenEndpoint(
                auth.token_url,
                client_for(auth, name),
                settings.target,
                redactor,
                scope_claim=auth.scope_claim,
                clock=clock,
                environ=environ,
            )
            for name in names
        }

    @property
    def kind(self) -> Kind:
        """What the last token from the endpoint was."""
        return self._seen

    def valid(self, scopes: Collection[str]) -> Token:
        """Return a token for these scopes: of no scope the configured one, else from their own or the common client.

        Raises TokenError, or CannotIssue if there is no client for them.
        """
        name = named(scopes)
        if not scopes and self._configured.has(name):
            return self._configured.token(name)
        endpoint = self._endpoints.get(name) or self._endpoints.get(None)
        if endpoint is None:
            raise CannotIssue(f'no client is configured for "{name}".')
        with self._lock:
            useful_until, grant = self._cache.get(name, (0.0, None))
            if grant is None or useful_until <= self._clock():
                asked = self._clock()
                grant = self._ask(endpoint, name, scopes)
                useful_until = asked + grant.expires_in - min(_MOST_MARGIN, grant.expires_in / 2)
                self._cache[name] = (useful_until, grant)
                self._seen = "jwt" if jwt_text.parse(grant.value) else "opaque"
            return Token(grant.value, grant.scopes)

    def _ask(self, endpoint: TokenEndpoint, name: str, scopes: Collection[str]) -> Grant:
        self._breaker.check(name)
        try:
            grant = endpoint.ask(scopes, self._left())
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
        """Raise CannotIssue: a token endpoint knows no made-up scopes."""
        raise CannotIssue("tokens with made-up scopes can only be had where the suite signs them itself.")
