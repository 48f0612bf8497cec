"""`osia-conformance report`: writes the formats of a run again."""

from __future__ import annotations

import argparse
from pathlib import Path

from osia_conformance.cli import arguments
from osia_conformance.cli.arguments import CommandParser, Subparsers, say_error


def add_parser(subparsers: Subparsers[CommandParser]) -> CommandParser:
    """Add the command `report`."""
    return arguments.add_command(
        subparsers,
        "report",
        _add_arguments,
        examples=("report reports/20260101T120000Z-1a2b3c4d", "report DIR --format html oscal"),
        exits=("0    it is written, whatever the verdict",),
    )


def _add_arguments(command: CommandParser) -> None:
    arguments.add_directory(command)
    arguments.add_formats(command, "these only; without it, the usual ones")


def run(options: argparse.Namespace) -> int:
    """Write the formats of a finished or cut-off run again; 0 if they are written, whatever the verdict."""
    from osia_conformance.cli.rebuilt_report import rebuild
    from osia_conformance.cli.signed_shards import signed_differently
    from osia_conformance.reports import ReportError
    from osia_conformance.support.files import named
    from osia_conformance.verdict.exit_codes import EXIT_FAULT

    formats = arguments.formats_of(options)
    directory = named(Path(options.directory))
    if broken := signed_differently(directory):
        say_error(f"warning: {directory} is signed, and not as it was signed: {broken}")
    try:
        results, notes = rebuild(directory, formats)
    except ReportError as error:
        say_error(str(error))
        return EXIT_FAULT
    arguments.print_lines([f"note: {note}" for note in notes])
    arguments.print_lines([f"{results['verdict']}: {Path(options.directory)}"])
    return 0
