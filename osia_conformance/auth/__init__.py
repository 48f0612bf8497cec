"""Tokens for a run, by the method that was configured."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping

from osia_conformance.auth.client import ClientTokens
from osia_conformance.auth.model import (
    UNSIGNED,
    WRONGLY_SIGNED,
    CannotIssue,
    Fault,
    Kind,
    Token,
    TokenError,
    TokenSource,
    sent,
)
from osia_conformance.auth.signed import SignedTokens
from osia_conformance.auth.static import NoTokens, StaticTokens
from osia_conformance.config.settings import Settings
from osia_conformance.support.secrets import Redactor

__all__ = [
    "UNSIGNED",
    "WRONGLY_SIGNED",
    "CannotIssue",
    "Fault",
    "Kind",
    "Token",
    "TokenError",
    "TokenSource",
    "sent",
    "token_source",
]


def token_source(
    settings: Settings,
    redactor: Redactor,
    clock: Callable[[], float] = time.time,
    environ: Mapping[str, str] | None = None,
    left: Callable[[], float] = lambda: math.inf,
) -> TokenSource:
    """Return the source of tokens for these settings; every secret and token is told to `scrubber`.

    `clock` gives seconds since 1970; `environ` stands for the process environment; `left` gives the seconds that are
    left of the run, which bound a call to a token endpoint.
    Raises ConfigurationError if a secret is missing or a key does not suit its algorithm.
    """
    match settings.auth.method:
        case "static":
            return StaticTokens(settings.auth, redactor, clock, environ)
        case "jwt":
            return SignedTokens(settings.auth, redactor, clock, environ)
        case "client-credentials":
            return ClientTokens(settings, redactor, clock, environ, left)
        case "none":
            return NoTokens()
