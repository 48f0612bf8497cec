"""`osia-conformance verifier`: writes the page that verifies a signed report in a browser, offline."""

from __future__ import annotations

import argparse
from pathlib import Path

from osia_conformance.cli import arguments
from osia_conformance.cli.arguments import CommandParser, Subparsers


def add_parser(subparsers: Subparsers[CommandParser]) -> CommandParser:
    """Add the command `verifier`."""
    return arguments.add_command(
        subparsers,
        "verifier",
        _add_arguments,
        examples=("verifier verify.html", "verifier for-the-auditor.html"),
    )


def _add_arguments(command: CommandParser) -> None:
    command.add_argument("file", metavar="FILE", help="the page to write, a new file")


def run(options: argparse.Namespace) -> int:
    """Write the page and print its digest, by which anybody can tell it again."""
    from osia_conformance.evidence import verifier

    digest = verifier.write(Path(options.file))
    arguments.print_lines([f"{options.file}: SHA-256 {digest}"])
    return 0
