"""`osia-conformance cleanup`: deletes what a cut-off run left on the target."""

from __future__ import annotations

import argparse
from pathlib import Path

from osia_conformance.cli import arguments
from osia_conformance.cli.arguments import CommandParser, Subparsers


def add_parser(subparsers: Subparsers[CommandParser]) -> CommandParser:
    """Add the command `cleanup`."""
    return arguments.add_command(
        subparsers,
        "cleanup",
        _add_arguments,
        examples=("cleanup reports/20260101T120000Z-1a2b3c4d", "cleanup DIR --config staging.toml"),
        exits=("0    nothing is left", "2    something is left, and the output says what and why"),
    )


def _add_arguments(command: CommandParser) -> None:
    arguments.add_directory(command)
    arguments.add_config(command)
    arguments.add_target_url(command)


def run(options: argparse.Namespace) -> int:
    """Delete what a cut-off run left; 0 if nothing is left, 2 otherwise."""
    from osia_conformance.cli.leftovers import cleanup

    directory = Path(options.directory)
    settings = arguments.settings_of(options, report=directory)
    return cleanup(directory, settings, on_purpose=bool(options.url or options.config))
