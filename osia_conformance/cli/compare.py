"""`osia-conformance compare`: says what changed from one run to another."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from osia_conformance.cli import arguments
from osia_conformance.cli.arguments import CommandParser, Subparsers


def add_parser(subparsers: Subparsers[CommandParser]) -> CommandParser:
    """Add the command `compare`."""
    return arguments.add_command(
        subparsers,
        "compare",
        _add_arguments,
        examples=("compare reports/before reports/after", "compare OLD NEW --format markdown"),
        exits=("0    nothing got worse", "1    something got worse"),
    )


def _add_arguments(command: CommandParser) -> None:
    command.add_argument("old", metavar="OLD", help="the report directory of the run before")
    command.add_argument("new", metavar="NEW", nargs="+", help="the report directory of the run to judge by it")
    command.add_argument(
        "--format", choices=("text", "markdown", "json"), default="text", help="(default: %(default)s)"
    )


def run(options: argparse.Namespace) -> int:
    """Print what changed between two runs; 1 if something got worse."""
    from osia_conformance.cli.comparison import compare
    from osia_conformance.support.secrets import ConfigurationError

    new, *more = options.new
    if more:
        raise ConfigurationError("compare: it takes two runs; `osia-conformance history DIR...` shows more of them.")
    code, text = compare(Path(options.old), Path(new), options.format)
    sys.stdout.write(text)
    return code
