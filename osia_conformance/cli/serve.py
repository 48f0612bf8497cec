"""`osia-conformance serve`: starts the reference server."""

from __future__ import annotations

import argparse

from osia_conformance.cli import arguments
from osia_conformance.cli.arguments import CommandParser, Subparsers


def add_parser(subparsers: Subparsers[CommandParser]) -> CommandParser:
    """Add the command `serve`."""
    return arguments.add_command(
        subparsers,
        "serve",
        _add_arguments,
        examples=("serve --no-auth", "serve --port 0 --interface-version 1.0.0 --jwt-key env:OSIA_JWT_KEY"),
        exits=("0    a signal ended it",),
    )


def _add_arguments(command: CommandParser) -> None:
    command.add_argument(
        "--port", type=int, default=8080, metavar="N", help="on 127.0.0.1; 0 takes a free one (default: %(default)s)"
    )
    command.add_argument("--interface-version", metavar="V", help='such as "1.0.0" or "osia-4.1" (default: the newest)')
    command.add_argument("--database", metavar="FILE", help="SQLite file; in memory without it")
    command.add_argument("--jwt-key", metavar="env:NAME", help="the key of its tokens: env:NAME or file:PATH")
    command.add_argument(
        "--jwt-algorithm", default="HS256", metavar="ALG", help="HS256, RS256, ES256 ... (default: %(default)s)"
    )
    command.add_argument(
        "--token-format", choices=("jwt", "opaque"), default="jwt", help="what /token issues (default: %(default)s)"
    )
    command.add_argument("--no-auth", action="store_true", help="ask for no token at all")
    command.add_argument(
        "--client", action="append", default=[], metavar="ID=env:NAME", help="a client of the token endpoint"
    )
    command.add_argument("--while-stdin", action="store_true", help="end when stdin is closed")


def run(options: argparse.Namespace) -> int:
    """Serve the reference server until a signal ends it."""
    from osia_conformance.cli.reference_server import serve

    return serve(options)
