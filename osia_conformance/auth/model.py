"""What checks know of tokens: a value with its real scopes, the faults that rulings 23 to 25 ask for."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass, field
from enum import Enum
from typing import Literal, Protocol

Kind = Literal["jwt", "opaque", "none", "unknown"]
ENOUGH_OFF = 3600
SECONDS_OFF = ENOUGH_OFF + 600
"""How far off in time our own tokens are: more than the hour that decides, as clocks differ a little."""
NO_TOKENS = 'auth.method is "none", so that there are no tokens to judge.'


@dataclass(frozen=True, slots=True)
class Token:
    """A bearer token. `value` None: send no Authorization header; `scopes` None: they are not known."""

    value: str | None = field(repr=False)
    scopes: frozenset[str] | None


class Fault(Enum):
    """What is wrong with a token that the target must refuse."""

    ABSENT = "absent"
    MALFORMED = "malformed"
    UNKNOWN = "unknown"
    EXPIRED = "expired"
    NOT_YET_VALID = "not-yet-valid"
    WRONG_SIGNATURE = "wrong-signature"
    EMPTY_SIGNATURE = "empty-signature"
    CUT_SIGNATURE = "cut-signature"
    ALTERED_CLAIMS = "altered-claims"
    UNKNOWN_KEY_ID = "unknown-key-id"
    EMBEDDED_KEY = "embedded-key"
    KEY_CONFUSION = "key-confusion"
    ALG_NONE = "alg-none"
    ALG_NONE_CAPITALS = "alg-none-capitals"
    ALG_NONE_MIXED_CASE = "alg-none-mixed-case"
    ALG_NONE_SIGNED = "alg-none-signed"
    ALG_NONE_BARE = "alg-none-bare"
    ALG_ABSENT = "alg-absent"

    @property
    def words(self) -> str:
        """What is sent, as a phrase that follows "to"."""
        return _WORDS[self]


_WORDS = {
    Fault.ABSENT: "a call without a token",
    Fault.MALFORMED: "a malformed token",
    Fault.UNKNOWN: "a token that nobody issued",
    Fault.EXPIRED: "a token that expired more than an hour ago",
    Fault.NOT_YET_VALID: "a token that is not valid for more than an hour yet",
    Fault.WRONG_SIGNATURE: "a token with another signature than its issuer's",
    Fault.EMPTY_SIGNATURE: "a token whose signature is empty",
    Fault.CUT_SIGNATURE: "a token with the first half of its signature",
    Fault.ALTERED_CLAIMS: "a token whose claims were altered after it was signed",
    Fault.UNKNOWN_KEY_ID: "a token that names an unknown key (kid), not signed by its issuer",
    Fault.EMBEDDED_KEY: "a token signed with a stranger's key that it brings along (jwk)",
    Fault.KEY_CONFUSION: "a token signed by HS256 with the issuer's public key as the secret",
    Fault.ALG_NONE: "an unsigned token (alg none)",
    Fault.ALG_NONE_CAPITALS: "an unsigned token (alg NONE)",
    Fault.ALG_NONE_MIXED_CASE: "an unsigned token (alg nOnE)",
    Fault.ALG_NONE_SIGNED: "a token with alg none and the signature of another one",
    Fault.ALG_NONE_BARE: "an unsigned token (alg none) without the dot that it ends with",
    Fault.ALG_ABSENT: "an unsigned token without alg",
}

UNSIGNED = (
    *(Fault.ALG_NONE_CAPITALS, Fault.ALG_NONE_MIXED_CASE, Fault.ALG_NONE_SIGNED),
    *(Fault.ALG_NONE_BARE, Fault.ALG_ABSENT),
)
"""Further forms of a token that nobody signed."""

WRONGLY_SIGNED = (
    *(Fault.EMPTY_SIGNATURE, Fault.CUT_SIGNATURE, Fault.ALTERED_CLAIMS),
    *(Fault.UNKNOWN_KEY_ID, Fault.EMBEDDED_KEY),
)
"""Further forms of a token whose signature is not the one of its issuer over its content."""

JWT_ONLY = frozenset(
    {Fault.EXPIRED, Fault.NOT_YET_VALID, Fault.KEY_CONFUSION, Fault.ALG_NONE, *UNSIGNED, *WRONGLY_SIGNED}
)
"""What cannot be wrong with an opaque token."""


class CannotIssue(Exception):
    """This configuration has no such token. `inapplicable`: the case does not exist for such tokens at all;
    otherwise a check that needs it ends untested. `reason` is one sentence."""

    def __init__(self, reason: str, inapplicable: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.inapplicable = inapplicable


class TokenError(CannotIssue):
    """The token endpoint gave no token; `reason` says why, without secrets; `answered` if it said so itself."""

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
        """Return a token for these scopes with one fault (rulings 23); raise as `valid` does."""

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


def unknown() -> Token:
    """Return a well-formed token that nobody ever issued (RFC 6750, 2.1)."""
    return Token(secrets.token_urlsafe(32), frozenset())


def malformed() -> Token:
    """Return what breaks the grammar of bearer tokens: braces are no part of it (RFC 6750, 2.1)."""
    return Token("{" + secrets.token_hex(16) + "}", frozenset())


def named(scopes: Collection[str]) -> str:
    """Return scopes as the configuration spells them: sorted, joined by one space; "none" for no scope."""
    return " ".join(sorted(scopes)) or "none"
