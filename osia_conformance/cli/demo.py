"""`osia-conformance demo`: judges the reference server that comes with the suite."""

from __future__ import annotations

import argparse

from osia_conformance.cli import arguments
from osia_conformance.cli.arguments import CommandParser, Subparsers
from osia_conformance.cli.run import EXITS, add_options, judge


def add_parser(subparsers: Subparsers[CommandParser]) -> CommandParser:
    """Add the command `demo`."""
    return arguments.add_command(
        subparsers,
        "demo",
        _add_arguments,
        examples=("demo", "demo --effort quick --report-dir first-report"),
        exits=EXITS,
    )


def _add_arguments(command: CommandParser) -> None:
    from osia_conformance.config.run_options import ON_COMMAND_LINE

    add_options(command, *(option.name for option in ON_COMMAND_LINE if option.name != "url"))


def run(options: argparse.Namespace) -> int:
    """Judge the reference server on a free loopback port and return the verdict's exit code."""
    from osia_conformance.config.loading import load_demonstration

    return judge(options, load_demonstration(arguments.run_options_of(options)))
