"""`osia-conformance token`: prints a token."""

from __future__ import annotations

import argparse
import sys

from osia_conformance.cli import arguments
from osia_conformance.cli.arguments import CommandParser, Subparsers, say_error
from osia_conformance.verdict.exit_codes import EXIT_USAGE


def add_parser(subparsers: Subparsers[CommandParser]) -> CommandParser:
    """Add the command `token`."""
    return arguments.add_command(
        subparsers,
        "token",
        _add_arguments,
        examples=('token --scope "enroll.read enroll.write"', "token --scope enroll.read --fault expired"),
    )


def _add_arguments(command: CommandParser) -> None:
    from osia_conformance.auth import PRINTABLE

    command.add_argument("--scope", required=True, help='one or more scopes, such as "enroll.read enroll.write"')
    command.add_argument("--made-up", action="store_true", help="the scopes need not be ones of the interface")
    command.add_argument("--fault", choices=PRINTABLE, metavar="FAULT", help="a token with this fault: %(choices)s")
    arguments.add_config(command)


def _scopes(options: argparse.Namespace) -> frozenset[str]:
    from osia_conformance.standard.operations import SCOPES
    from osia_conformance.support.quoting import near, quoted
    from osia_conformance.support.secrets import ConfigurationError

    scopes = frozenset(options.scope.split())
    for scope in sorted(scopes - {*SCOPES}):
        if not options.made_up:
            hint = near(scope, SCOPES) or f"the interface has {', '.join(SCOPES)}"
            raise ConfigurationError(f"--scope: {quoted(scope)} is no scope of the interface; {hint}.")
    return scopes


def run(options: argparse.Namespace) -> int:
    """Print one token of the configured method."""
    from osia_conformance.auth import CannotIssue, Fault, TokenError, token_source
    from osia_conformance.support.secrets import Redactor

    source = token_source(arguments.settings_of(options), Redactor())
    scopes = _scopes(options)
    try:
        issued = source.faulty(Fault(options.fault), scopes) if options.fault else source.valid(scopes)
    except (CannotIssue, TokenError) as error:
        say_error(str(error))
        return EXIT_USAGE
    if issued.value is None:
        say_error('auth.method is "none", so there is no token to print; name the configuration with --config.')
        return EXIT_USAGE
    sys.stdout.write(f"{issued.value}\n")
    return 0
