"""`osia-conformance history`: shows how the requirements fared from run to run."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from osia_conformance.cli import arguments
from osia_conformance.cli.arguments import CommandParser, Subparsers


def add_parser(subparsers: Subparsers[CommandParser]) -> CommandParser:
    """Add the command `history`."""
    return arguments.add_command(
        subparsers,
        "history",
        _add_arguments,
        examples=("history reports/*", "history reports/* --format html --output trend.html"),
        exits=("0    shown, whatever the runs say",),
    )


def _add_arguments(command: CommandParser) -> None:
    command.add_argument("directories", metavar="DIR", nargs="+", help="report directories of runs, in any order")
    command.add_argument("--format", choices=("text", "html"), default="text", help="(default: %(default)s)")
    command.add_argument("--output", metavar="FILE", help="write it to this file (default: standard output)")


def run(options: argparse.Namespace) -> int:
    """Print or write the trend of some runs."""
    from osia_conformance.reports import history
    from osia_conformance.support.secrets import ConfigurationError
    from osia_conformance.verdict.finished_run import results_of

    trend = history.history([results_of(Path(name)) for name in options.directories])
    text = history.as_html(trend) if options.format == "html" else history.as_text(trend)
    if not options.output:
        sys.stdout.write(text)
        return 0
    try:
        _write(Path(options.output), text)
    except OSError as error:
        raise ConfigurationError(f"--output {options.output}: it cannot be written ({error.strerror}).") from None
    return 0


def _write(path: Path, text: str) -> None:
    """Write a file as a whole; what is no regular file, such as /dev/stdout, is written to and stays."""
    from osia_conformance.support import files

    if path.exists() and not path.is_file():
        path.write_text(text, "utf-8", "backslashreplace")
    else:
        files.write(path, [text])
