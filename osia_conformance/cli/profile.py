"""`osia-conformance profile --check`: tries on the target what the profile says it accepts."""

from __future__ import annotations

import argparse

from osia_conformance.cli import arguments
from osia_conformance.cli.arguments import CommandParser, Subparsers


def add_parser(subparsers: Subparsers[CommandParser]) -> CommandParser:
    """Add the command `profile`."""
    return arguments.add_command(
        subparsers,
        "profile",
        "try on the target what the profile says it accepts",
        _add_arguments,
        examples=("profile --check", "profile --check --config staging.toml"),
        exits=("0    the target accepts it", "1    the target contradicts it", "2    that could not be tried"),
    )


def _add_arguments(command: CommandParser) -> None:
    command.add_argument("--check", action="store_true", required=True, help="say what fits and what to change")
    arguments.add_config(command)
    arguments.add_run_options(command, "url", "interface-version")


def run(options: argparse.Namespace) -> int:
    """Try the profile on the target; 1 if the target contradicts it, 2 if that could not be tried."""
    from osia_conformance.config.loading import load_target
    from osia_conformance.run.profile_check import check

    code, lines = check(load_target(*arguments.given(options)))
    arguments.print_lines(lines)
    return code
