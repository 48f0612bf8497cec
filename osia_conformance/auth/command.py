"""Tokens that a program prints, such as the client of a vault (`token-command`)."""

from __future__ import annotations

import os
import selectors
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from osia_conformance.auth import jwt_text
from osia_conformance.auth.issued import IssuedTokens
from osia_conformance.auth.model import TokenError, named
from osia_conformance.auth.static import ConfiguredTokens
from osia_conformance.auth.token_response import Grant, is_bearer_token, lifetime
from osia_conformance.config.settings import Settings
from osia_conformance.support.secrets import ConfigurationError, Redactor
from osia_conformance.support.text import one_line

LONGEST_OUTPUT = 1 << 20
_SCOPE = "{scope}"
_LONGEST_NAME = 60
_READ_AT_ONCE = 1 << 16
_REMEDY = "run it by hand to see why"


class TokenCommand:
    """Runs a program that prints a token. Its output is read for nothing else, and is told to no one.

    `timeout` is seconds. Raises ConfigurationError if there is no such program.
    """

    def __init__(
        self,
        command: Sequence[str],
        timeout: float,
        redactor: Redactor,
        *,
        scope_claim: str,
        clock: Callable[[], float],
        environ: Mapping[str, str] | None = None,
    ) -> None:
        self._command = command
        self._timeout = timeout
        self._redactor = redactor
        self._scope_claim = scope_claim
        self._clock = clock
        self._environ = environ
        self._name = one_line(Path(command[0]).name, _LONGEST_NAME)
        if shutil.which(command[0], path=None if environ is None else environ.get("PATH")) is None:
            raise ConfigurationError(
                f'auth.token-command: there is no program "{self._name}" that can be run; '
                "write its whole path, or add its directory to PATH."
            )

    def ask(self, scopes: Collection[str], within: float) -> Grant:
        """Return the token that the program prints; raise TokenError with one sentence if it prints none.

        It takes the timeout, or `within` seconds where that is less. A token's real scopes are what it states itself.
        """
        output = self._output(scopes, max(0.0, min(self._timeout, within)))
        value = output.decode("utf-8-sig", "replace").strip()
        if not is_bearer_token(value):
            raise self._error("printed no token; it must print the token alone, on one line")
        self._redactor.add(value)
        stated = jwt_text.parse(value)
        useful = lifetime(stated, self._clock())
        if useful <= 0:
            raise self._error("printed a token that has expired; let it print a fresh one")
        return Grant(value, stated.scopes(self._scope_claim) if stated else None, useful)

    def _output(self, scopes: Collection[str], within: float) -> bytes:
        """Return what the program prints, once it has ended well."""
        deadline = time.monotonic() + within
        process = self._started(scopes)
        try:
            output = self._read(process, deadline)
            code = process.wait(max(0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            raise self._error(f"did not end within {within:g} s; {_REMEDY}", answered=False) from None
        finally:
            _end(process)
        if code != 0:
            ended = f"was ended by signal {-code}" if code < 0 else f"ended with {code}"
            raise self._error(f"{ended} instead of a token for {named(scopes)}; {_REMEDY}")
        return output

    def _started(self, scopes: Collection[str]) -> subprocess.Popen[bytes]:
        words = " ".join(sorted(scopes))
        arguments = [self._command[0], *(part.replace(_SCOPE, words) for part in self._command[1:])]
        quiet = subprocess.DEVNULL
        try:
            # A session of its own: the program asks no terminal, and what it starts ends with it.
            return subprocess.Popen(  # noqa: S603 - what the user configured, without a shell
                arguments,
                stdin=quiet,
                stdout=subprocess.PIPE,
                stderr=quiet,
                env=self._environ,
                bufsize=0,
                start_new_session=True,
            )
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or "its arguments cannot be passed on"
            raise self._error(f"cannot be started: {why.lower()}; {_REMEDY}", answered=False) from None

    def _read(self, process: subprocess.Popen[bytes], deadline: float) -> bytes:
        """Return the whole output; raise TimeoutExpired, or TokenError if there is too much of it."""
        output = bytearray()
        with process.stdout as pipe, selectors.DefaultSelector() as selector:  # type: ignore[union-attr]
            selector.register(pipe, selectors.EVENT_READ)
            while selector.select(max(0, deadline - time.monotonic())):
                piece = os.read(pipe.fileno(), _READ_AT_ONCE)
                output += piece
                if not piece:
                    return bytes(output)
                if len(output) > LONGEST_OUTPUT:
                    raise self._error(f"printed more than {LONGEST_OUTPUT} bytes; it must print the token alone")
        raise subprocess.TimeoutExpired(self._name, 0)

    def _error(self, what: str, *, answered: bool = True) -> TokenError:
        return TokenError(f"the token command {self._name} {what}.", answered=answered)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a program that was not waited for, with all that it started: its id is its own until then."""
    if process.returncode is None:
        with suppress(OSError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def command_tokens(
    settings: Settings,
    redactor: Redactor,
    clock: Callable[[], float],
    environ: Mapping[str, str] | None,
    left: Callable[[], float],
) -> IssuedTokens:
    """Return the source of the method "static" with a `token-command`; the arguments are those of `token_source`.

    Raises ConfigurationError if there is no such program, or a configured token is missing.
    """
    auth = settings.auth
    configured = ConfiguredTokens(auth, redactor, clock, environ)
    for name in auth.tokens:
        configured.value(name)
    command = TokenCommand(
        auth.token_command,
        settings.target.timeout,
        redactor,
        scope_claim=auth.scope_claim,
        clock=clock,
        environ=environ,
    )
    return IssuedTokens({None: command}, configured, redactor, clock, left)
