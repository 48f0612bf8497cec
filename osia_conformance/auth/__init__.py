"""Tokens for a run, by the method that was configured."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from osia_conformance.auth.faults import MISDIRECTED, NO_BEARER, PRINTABLE, UNSIGNED, WRONGLY_SIGNED, Fault
from osia_conformance.auth.model import CannotIssue, Kind, Token, TokenError, TokenSource, sent

if TYPE_CHECKING:
    from osia_conformance.config.settings import Settings
    from osia_conformance.support.secrets import Redactor

__all__ = [
    "MISDIRECTED",
    "NO_BEARER",
    "PRINTABLE",
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
    """Return the source of tokens for these settings; `redactor` learns every secret and token.

    `clock` gives seconds since 1970; `environ` stands for the process environment; `left` gives the seconds that are
    left of the run, which bound a call to a token endpoint or a token command.
    Raises ConfigurationError if a secret is missing or a key does not suit its algorithm.
    """
    # The command line reads the table of faults, and must not wait for the libraries that sign.
    from osia_conformance.auth.client import client_tokens  # noqa: PLC0415
    from osia_conformance.auth.command import command_tokens  # noqa: PLC0415
    from osia_conformance.auth.signed import SignedTokens  # noqa: PLC0415
    from osia_conformance.auth.static import NoTokens, StaticTokens  # noqa: PLC0415

    match settings.auth.method:
        case "static" if settings.auth.token_command:
            return command_tokens(settings, redactor, clock, environ, left)
        case "static":
            return StaticTokens(settings.auth, redactor, clock, environ)
        case "jwt":
            return SignedTokens(settings.auth, redactor, clock, environ)
        case "client-credentials":
            return client_tokens(settings, redactor, clock, environ, left)
        case "none":
            return NoTokens()
