"""When an issuer of tokens is left in peace: an endpoint or a command that gives nothing."""

from __future__ import annotations

import math
from collections.abc import Callable

from osia_conformance.auth.model import TokenError

_REFUSALS = 2
"""After so many refusals in a row for the same scopes, the issuer is not asked for them for a while."""

_SILENT_CALLS = 2
"""After so many calls in a row without an answer, the issuer is asked for nothing for a while."""

_BREAK_SECONDS = 60.0


class Breaker:
    """Stops the calls to an issuer that gives nothing: each costs a timeout, or counts towards a lockout.

    `clock` gives seconds.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._rows: dict[str | None, int] = {}
        self._until: dict[str | None, tuple[float, TokenError]] = {}

    def check(self, name: str) -> None:
        """Raise the last TokenError again while the issuer is not asked for `name`."""
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
        """Note that the issuer gave no token for `name`."""
        if error.answered:
            self._rows.pop(None, None)
        else:
            self._count(None, _SILENT_CALLS, error)
        self._count(name, _REFUSALS, error)

    def _count(self, key: str | None, most: int, error: TokenError) -> None:
        self._rows[key] = self._rows.get(key, 0) + 1
        if self._rows[key] >= most:
            self._until[key] = (self._clock() + _BREAK_SECONDS, error)
