"""Tokens as checks know them: a value with its real scopes (RUL-BAD-TOKEN, RUL-SCOPE, RUL-REAL-SCOPES)."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from typing import Literal, Protocol

from osia_conformance.auth.faults import Fault
from osia_conformance.support.secrets import Redactor

Kind = Literal["jwt", "opaque", "none", "unknown"]
ENOUGH_OFF = 3600
"""Seconds by which a time must be off to count as wrong (RUL-BAD-TOKEN)."""
SECONDS_OFF = ENOUGH_OFF + 600
"""Seconds by which the times of the suite's own tokens are off: more than the hour that decides, for clocks differ."""
NO_TOKENS = 'auth.method is "none", so that there are no tokens to judge.'


@dataclass(frozen=True, slots=True)
class Token:
    """A bearer token. `value` None: send no Authorization header; `scopes` None: they are not known.

    `scheme` stands before the value in the header; "" for none.
    """

    value: str | None = field(repr=False)
    scopes: frozenset[str] | None
    scheme: str = "Bearer"

    @property
    def authorization(self) -> str | None:
        """The value of the Authorization header, None if there is none (RFC 9110, 11.6.2)."""
        return None if self.value is None else f"{self.scheme} {self.value}".strip()


class CannotIssue(Exception):
    """This configuration has no such token. `inapplicable`: the case does not exist for such tokens at all;
    otherwise a check that needs it ends untested. `reason` is one sentence."""

    def __init__(self, reason: str, inapplicable: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.inapplicable = inapplicable


class TokenError(CannotIssue):
    """The token endpoint, or the token command, gave no token; `reason` says why, without secrets.

    `answered` if it said so itself.
    """

    def __init__(self, reason: str, *, answered: bool = True) -> None:
        super().__init__(reason)
        self.answered = answered


class TokenSource(Protocol):
    """Where tokens come from. Safe for several threads."""

    @property
    def kind(self) -> Kind:
        """What the tokens are; "unknown" until the first one has been seen."""

    def valid(self, scopes: Collection[str]) -> Token:
        """Return a token issued for just these scopes; `Token.scopes` tells what it really holds.

        With the method "none" it sends no header and its scopes are not known.
        Raises CannotIssue, TokenError, or ConfigurationError if a secret has gone missing.
        """

    def faulty(self, fault: Fault, scopes: Collection[str]) -> Token:
        """Return a token for these scopes with one fault (RUL-BAD-TOKEN); raise as `valid` does."""

    def arbitrary(self, scopes: Collection[str]) -> Token:
        """Return a token whose scopes may be made up, in this order; only self-signed ones can be had."""


def sent(token: Token) -> Token:
    """Return the token if there is one to send; raise CannotIssue with the method "none": what a call without any
    token is answered says nothing about scopes."""
    if token.value is None:
        raise CannotIssue(NO_TOKENS)
    return token


def absent() -> Token:
    """Return the token that is not sent."""
    return Token(None, frozenset())


def of_any_method(fault: Fault, real: Callable[[], Token], redactor: Redactor) -> Token | None:
    """Return the token for a fault that all methods make alike: no token, one that nobody issued, or no bearer token
    in the header; None for another fault.

    `real` gives a good token, which another scheme brings along: a server that looks at the token alone takes it.
    """
    if fault is Fault.ABSENT:
        return absent()
    if fault is Fault.UNKNOWN:
        token = unknown()
        redactor.add(token.value or "")
        return token
    if fault is Fault.EMPTY_HEADER:
        return Token("", frozenset(), scheme="")
    if fault is Fault.EMPTY_BEARER:
        return Token("", frozenset())
    return replace(real(), scheme="Basic") if fault is Fault.OTHER_SCHEME else None


def unknown() -> Token:
    """Return a well-formed token that nobody ever issued (RFC 6750, 2.1)."""
    return Token(secrets.token_urlsafe(32), frozenset())


def malformed() -> Token:
    """Return what breaks the grammar of bearer tokens: braces are no part of it (RFC 6750, 2.1)."""
    return Token("{" + secrets.token_hex(16) + "}", frozenset())


def named(scopes: Collection[str]) -> str:
    """Return scopes as the configuration spells them: sorted, joined by one space; "none" for no scope."""
    return " ".join(sorted(scopes)) or "none"
