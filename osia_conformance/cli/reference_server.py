"""`osia-conformance serve`: the reference server with the settings of the command line."""

from __future__ import annotations

import argparse
import os
import re
import secrets
import signal
import sys
import threading
from pathlib import Path

from osia_conformance.standard.operations import SCOPES
from osia_conformance.standard.versions import newest, public, resolve
from osia_conformance.support.paths import bundled
from osia_conformance.support.pem import pem_text
from osia_conformance.support.secrets import ConfigurationError, SecretReference
from osia_reference.serve import serve as serve_app
from osia_reference.settings import Client, ServerSettings

_LAST_PORT = 65535
_SETTING = re.compile(r"\bjwt_(key|algorithm)\b")


def serve(options: argparse.Namespace) -> int:
    """Serve on 127.0.0.1 until a signal ends it.

    Raises ConfigurationError for options that cannot be served, UnknownVersion for a version not judged.
    """
    if not 0 <= options.port <= _LAST_PORT:
        raise ConfigurationError(f"--port: {options.port} is no port; name one from 0 to {_LAST_PORT}.")
    settings = _settings(options)
    if options.while_stdin:
        threading.Thread(target=_end_with_stdin, daemon=True).start()
    try:
        return serve_app(settings, options.port)
    except OSError as error:
        if not error.errno:
            # The server's own sentence, about its database.
            raise ConfigurationError(f"serve: {str(error).rstrip('.')}.") from None
        words = f"--port: {options.port} cannot be used on 127.0.0.1 ({os.strerror(error.errno)})"
        raise ConfigurationError(f"{words}; name another, or 0 for a free one.") from None
    except ValueError as error:
        sentence = _SETTING.sub(r"--jwt-\1", str(error)).rstrip(".")
        raise ConfigurationError(f"serve: {sentence}.") from None


def _end_with_stdin() -> None:
    # Whoever started us holds the other end: it closes in every ending of theirs, a kill -9 included.
    while os.read(0, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def _settings(options: argparse.Namespace) -> ServerSettings:
    version = public(resolve(options.interface_version) if options.interface_version else newest())
    return ServerSettings(
        specification=bundled("specs") / "enrollment" / version / "openapi.yaml",
        interface_version=version,
        database=Path(options.database) if options.database else None,
        auth="none" if options.no_auth else "bearer",
        jwt_key=_key(options),
        jwt_algorithm=options.jwt_algorithm,
        token_format=options.token_format,
        clients=tuple(_client(text) for text in options.client),
    )


def _key(options: argparse.Namespace) -> str:
    if options.jwt_key:
        return _secret("--jwt-key", options.jwt_key)
    if not options.no_auth and not options.client:
        sys.stderr.write("no --jwt-key: a random key is used, so only this server knows it.\n")
    return secrets.token_urlsafe(32)


def _client(text: str) -> Client:
    name, _, reference = text.partition("=")
    if not name or not reference:
        raise ConfigurationError(f"--client: {text!r} is not ID=env:NAME or ID=file:PATH.")
    return Client(name, _secret("--client", reference), frozenset(SCOPES))


def _secret(option: str, text: str) -> str:
    try:
        return pem_text(SecretReference(text).resolve())
    except ConfigurationError as error:
        raise ConfigurationError(f"{option}: {error}") from None
