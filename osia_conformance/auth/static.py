"""The methods "static", whose tokens were issued beforehand, and "none", which has no tokens."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Collection, Mapping

from osia_conformance.auth import jwt_text, model
from osia_conformance.auth.faults import MISDIRECTED, Fault, forged
from osia_conformance.auth.model import ENOUGH_OFF, NO_TOKENS, CannotIssue, Kind, Token, named
from osia_conformance.config.settings import AuthSettings
from osia_conformance.support.secrets import ConfigurationError, Redactor

_VISIBLE = re.compile(r"[!-~]+")
_TIMED = {Fault.EXPIRED: "expired", Fault.NOT_YET_VALID: "not-yet-valid"}


class NoTokens:
    """The method "none": requests carry no token, and checks about tokens are untested."""

    kind: Kind = "none"

    def valid(self, scopes: Collection[str]) -> Token:
        """Return the token that is not sent; its scopes are not known."""
        return Token(None, None)

    def faulty(self, fault: Fault, scopes: Collection[str]) -> Token:
        """Raise CannotIssue."""
        raise CannotIssue(NO_TOKENS)

    def arbitrary(self, scopes: Collection[str]) -> Token:
        """Raise CannotIssue."""
        raise CannotIssue(NO_TOKENS)


class ConfiguredTokens:
    """The tokens of [auth.tokens]; each is read again at each use."""

    def __init__(
        self,
        auth: AuthSettings,
        redactor: Redactor,
        clock: Callable[[], float],
        environ: Mapping[str, str] | None = None,
    ) -> None:
        self._auth = auth
        self._redactor = redactor
        self._clock = clock
        self._environ = environ

    def ordinary(self) -> list[str]:
        """Return the names of the tokens that hold scopes."""
        return [name for name in self._auth.tokens if name not in {"none", *_TIMED.values()}]

    def has(self, name: str) -> bool:
        """Return whether a token of this name is configured."""
        return name in self._auth.tokens

    def value(self, name: str) -> str:
        """Return the token's text; raise CannotIssue if there is none of this name."""
        reference = self._auth.tokens.get(name)
        if reference is None:
            raise CannotIssue(f'no token is configured for "{name}".')
        value = reference.resolve(self._environ)
        self._redactor.add(value)
        if not _VISIBLE.fullmatch(value):
            raise ConfigurationError(
                f'auth.tokens."{name}": what {reference} holds is no bearer token; '
                'it must be the token alone, without spaces and without "Bearer" in front.'
            )
        return value

    def token(self, name: str) -> Token:
        """Return the token with the scopes that it states itself, if it is a JWT."""
        value = self.value(name)
        stated = jwt_text.parse(value)
        return Token(value, stated.scopes(self._auth.scope_claim) if stated else None)

    def current(self, name: str) -> Token:
        """Return the token that `token` returns; raise CannotIssue if it has expired."""
        token = self.token(name)
        stated = jwt_text.parse(token.value or "")
        ends = stated.moment("exp") if stated else None
        if ends is not None and ends <= self._clock():
            raise CannotIssue(f'the token for "{name}" has expired; configure a fresh one.')
        return token

    def timed(self, fault: Fault, kind: Kind) -> Token:
        """Return the configured token that is expired or not yet valid; raise CannotIssue if it is not."""
        name = _TIMED[fault]
        if not self.has(name):
            raise CannotIssue(f'no token is configured for "{name}" in [auth.tokens].', inapplicable=kind == "opaque")
        token = self.token(name)
        stated = jwt_text.parse(token.value or "")
        moment = stated.moment("exp" if fault is Fault.EXPIRED else "nbf") if stated else None
        off = None if moment is None else moment - self._clock()
        if fault is Fault.EXPIRED and off is not None:
            off = -off
        if stated and (off is None or off < ENOUGH_OFF):
            raise CannotIssue(f'the token for "{name}" is not off by an hour or more.')
        return token


class StaticTokens:
    """The method "static": a token for each scope combination that was configured, and no other."""

    def __init__(
        self,
        auth: AuthSettings,
        redactor: Redactor,
        clock: Callable[[], float] = time.time,
        environ: Mapping[str, str] | None = None,
    ) -> None:
        self._configured = ConfiguredTokens(auth, redactor, clock, environ)
        self._redactor = redactor
        for name in auth.tokens:
            self._configured.value(name)

    @property
    def kind(self) -> Kind:
        """ "jwt" if every token with scopes is one, else "opaque"."""
        values = (self._configured.value(name) for name in self._configured.ordinary())
        return "jwt" if all(jwt_text.parse(value) for value in values) else "opaque"

    def valid(self, scopes: Collection[str]) -> Token:
        """Return the token for exactly these scopes; raise CannotIssue if there is none or it has expired."""
        return self._configured.current(named(scopes))

    def faulty(self, fault: Fault, scopes: Collection[str]) -> Token:
        """Return a token with one fault, made from the one for these scopes where it needs one."""
        if fault in _TIMED:
            return self._configured.timed(fault, self.kind)
        return made_from_real(fault, lambda: self.valid(scopes), self._redactor)

    def arbitrary(self, scopes: Collection[str]) -> Token:
        """Raise CannotIssue: only the target's own issuer could sign made-up scopes."""
        raise CannotIssue("tokens with made-up scopes can only be had where the suite signs them itself.")


def made_from_real(fault: Fault, real: Callable[[], Token], redactor: Redactor) -> Token:
    """Return a token with a fault that needs no key: new, or a `real` one changed.

    Raises CannotIssue where the fault does not exist for opaque tokens or needs the issuer's key.
    """
    alike = model.of_any_method(fault, real, redactor)
    if alike is not None:
        return alike
    token = real()
    value = token.value or ""
    stated = jwt_text.parse(value)
    if stated is None and not fault.form.opaque:
        raise CannotIssue(f"the tokens are opaque, so that none can be {fault.value}.", inapplicable=True)
    if fault is Fault.MALFORMED:
        broken = Token(value.rpartition(".")[0], token.scopes) if stated else model.malformed()
        return _redacted(broken, redactor)
    if fault is Fault.WRONG_SIGNATURE:
        return _redacted(Token(jwt_text.altered(value), token.scopes), redactor)
    if fault is Fault.KEY_CONFUSION:
        raise CannotIssue("the issuer's public key is not known.", inapplicable=True)
    if fault in MISDIRECTED:
        raise CannotIssue("only where the suite signs tokens itself can it make such a one.", inapplicable=True)
    made = forged(fault, value)
    if made is not None:
        return _redacted(Token(made, token.scopes), redactor)
    raise CannotIssue(f"only the target's issuer can sign a token that is {fault.value}.")


def _redacted(token: Token, redactor: Redactor) -> Token:
    redactor.add(token.value or "")
    return token
