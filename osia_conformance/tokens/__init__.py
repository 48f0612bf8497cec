"""Tokens for a run, by the method that was configured."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping

from osia_conformance.references import Scrubber
from osia_conformance.settings import Settings
from osia_conformance.tokens.client import ClientTokens
from osia_conformance.tokens.model import (
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
from osia_conformance.tokens.signed import SignedTokens
from osia_conformance.tokens.static import NoTokens, StaticTokens

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
    scrubber: Scrubber,
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
            return StaticTokens(settings.auth, scrubber, clock, environ)
        case "jwt":
            return SignedTokens(settings.auth, scrubber, clock, environ)
        case "client-credentials":
            return ClientTokens(settings, scrubber, clock, environ, left)
        case "none":
            return NoTokens()
