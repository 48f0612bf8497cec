"""`osia-conformance config`: checks configuration files, and prints their JSON Schema."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from osia_conformance.cli import arguments
from osia_conformance.cli.arguments import CommandParser, Subparsers, say_error
from osia_conformance.verdict.exit_codes import EXIT_USAGE


def add_parser(subparsers: Subparsers[CommandParser]) -> CommandParser:
    """Add the command `config`."""
    return arguments.add_command(
        subparsers,
        "config",
        _add_arguments,
        examples=("config --check", "config --schema > conformance.schema.json"),
        exits=("0    nothing is wrong",),
    )


def _add_arguments(command: CommandParser) -> None:
    what = command.add_mutually_exclusive_group(required=True)
    what.add_argument(
        "--check",
        nargs="*",
        metavar="FILE",
        help="say what is wrong in these files (default: conformance.toml); their secrets need not be there",
    )
    what.add_argument("--schema", action="store_true", help="print the JSON Schema (2020-12) of such files")


def run(options: argparse.Namespace) -> int:
    """Check files, or print the schema; 64 and a sentence for each file that cannot be used."""
    if options.schema:
        from osia_conformance.config.json_schema import json_schema

        sys.stdout.write(json.dumps(json_schema(), indent=2) + "\n")
        return 0
    from osia_conformance.config.loading import DEFAULT_FILE

    sound = [_is_sound(Path(name)) for name in options.check or (DEFAULT_FILE,)]
    return 0 if all(sound) else EXIT_USAGE


def _is_sound(file: Path) -> bool:
    from osia_conformance.config.loading import check_file
    from osia_conformance.run.selection import verify_waivers
    from osia_conformance.support.secrets import ConfigurationError

    try:
        verify_waivers(check_file(file), str(file))
    except ConfigurationError as error:
        say_error(str(error))
        return False
    arguments.print_lines([f"{file}: nothing is wrong"])
    return True
