"""`osia-conformance replay`: sends one finding again."""

from __future__ import annotations

import argparse
from pathlib import Path

from osia_conformance.cli import arguments
from osia_conformance.cli.arguments import CommandParser, Subparsers


def add_parser(subparsers: Subparsers[CommandParser]) -> CommandParser:
    """Add the command `replay`."""
    return arguments.add_command(
        subparsers,
        "replay",
        _add_arguments,
        examples=(
            "replay reports/20260101T120000Z-1a2b3c4d ENR-PATCH-03",
            "replay DIR --url https://fixed.example.org",
        ),
        exits=("0    it fails no more", "1    it still fails", "2    that cannot be told"),
    )


def _add_arguments(command: CommandParser) -> None:
    arguments.add_directory(command)
    command.add_argument(
        "requirement", metavar="REQUIREMENT", nargs="?", help="the id of one that failed there (default: all that did)"
    )
    arguments.add_config(command)
    arguments.add_target_url(command)


def run(options: argparse.Namespace) -> int:
    """Send one finding again; 1 if it still fails, 0 if not, 2 if that cannot be told."""
    from osia_conformance.cli.replayed_finding import replay

    directory = Path(options.directory)
    settings = arguments.settings_of(options, report=directory)
    on_purpose = bool(options.url or options.config)
    code, lines = replay(directory, options.requirement, settings, on_purpose=on_purpose)
    arguments.print_lines(lines)
    return code
