"""`osia-conformance doctor`: tries the configuration on the target and says what to change."""

from __future__ import annotations

import argparse

from osia_conformance.cli import arguments
from osia_conformance.cli.arguments import CommandParser, Subparsers

_MARKS = {"fits": "ok", "advice": "hint", "wrong": "wrong"}


def add_parser(subparsers: Subparsers[CommandParser]) -> CommandParser:
    """Add the command `doctor`."""
    return arguments.add_command(
        subparsers,
        "doctor",
        _add_arguments,
        examples=("doctor", "doctor --config staging.toml"),
        exits=("0    a run can start", "2    something is wrong, and the output says what to change"),
    )


def _add_arguments(command: CommandParser) -> None:
    arguments.add_config(command)
    arguments.add_run_options(command, "url", "interface-version")


def run(options: argparse.Namespace) -> int:
    """Try the target; 0 if nothing is wrong, 2 otherwise."""
    from osia_conformance.config.loading import load_target
    from osia_conformance.run.preflight import diagnose

    found = diagnose(load_target(*arguments.given(options)))
    for one in found:
        arguments.print_lines([f"{_MARKS[one.level]:<6}{one.text}", *([f"      {one.advice}"] if one.advice else [])])
    return 2 if any(one.level == "wrong" for one in found) else 0
