"""`osia-conformance serve`: the reference server with the settings of the command line."""

from __future__ import annotations

import argparse
import os
import secrets
import signal
import sys
import threading
from pathlib import Path

from osia_conformance.operations import SCOPES
from osia_conformance.paths import bundled
from osia_conformance.references import ConfigurationError, Reference
from osia_conformance.versions import newest, public, resolve
from osia_reference.serve import serve as serve_app
from osia_reference.settings import Client, ServerSettings


def serve(options: argparse.Namespace) -> int:
    """Serve on 127.0.0.1 until a signal ends it.

    Raises ConfigurationError for options that cannot be served, UnknownVersion for a version not judged.
    """
    settings = _settings(options)
    if options.while_stdin:
        threading.Thread(target=_end_with_stdin, daemon=True).start()
    try:
        return serve_app(settings, options.port)
    except (ValueError, OSError, OverflowError) as error:
        raise ConfigurationError(f"serve: {str(error).rstrip('.')}.") from None


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
        return Reference(options.jwt_key).resolve()
    if not options.no_auth and not options.client:
        sys.stderr.write("no --jwt-key: a random key is used, so only this server knows it.\n")
    return secrets.token_urlsafe(32)


def _client(text: str) -> Client:
    name, _, reference = text.partition("=")
    if not name or not reference:
        raise ConfigurationError(f"--client: {text!r} is not ID=env:NAME or ID=file:PATH.")
    return Client(name, Reference(reference).resolve(), frozenset(SCOPES))
