"""The command line: which commands there are, and how each of them ends."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Collection, Sequence

from osia_conformance import __version__
from osia_conformance.cli.arguments import CommandParser, say_error
from osia_conformance.cli.commands import COMMANDS
from osia_conformance.standard.interface import TITLE
from osia_conformance.support.core_dumps import forbid_core_dumps
from osia_conformance.support.output import standard
from osia_conformance.verdict.exit_codes import EXIT_FAULT, EXIT_INTERRUPTED, EXIT_USAGE


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit code."""
    forbid_core_dumps()
    with standard() as (out, error):
        try:
            code = _run_command(arguments)
        except KeyboardInterrupt:
            code = EXIT_INTERRUPTED
        except Exception as fault:
            # Whatever it is, it is ours, and must never look like a verdict.
            from osia_conformance.support.crashes import crash_words

            say_error(crash_words(fault))
            code = EXIT_FAULT
        out.flush()
        if out.lost is not None:
            error.write(f"osia-conformance: what was to be printed is not all there: {out.lost}.\n")
            return code or EXIT_FAULT
        return code


def _run_command(arguments: Sequence[str] | None) -> int:
    words = sys.argv[1:] if arguments is None else arguments
    # Only the command that is named has its module loaded.
    options = parser([word for word in words if word in COMMANDS][:1]).parse_args(words)
    try:
        os.getcwd()
    except OSError:
        say_error("the working directory is gone, so nothing can be found or written; change to one that is there.")
        return EXIT_FAULT
    from osia_conformance.support.secrets import ConfigurationError

    try:
        return int(options.run_command(options))
    except ConfigurationError as error:
        say_error(str(error))
        return EXIT_USAGE


def parser(described: Collection[str] = tuple(COMMANDS)) -> CommandParser:
    """Return the parser of the whole command line; of the other commands than `described` it knows name and summary."""
    top = CommandParser(prog="osia-conformance", description=f"Conformance suite for the {TITLE} interface.")
    top.add_argument("--version", action="version", version=f"osia-conformance {__version__}")
    subparsers = top.add_subparsers(dest="command", required=True, metavar="COMMAND", parser_class=CommandParser)
    for name, summary in COMMANDS.items():
        if name in described:
            command = importlib.import_module(f"osia_conformance.cli.{name}")
            command.add_parser(subparsers).set_defaults(run_command=command.run)
        else:
            subparsers.add_parser(name, help=summary)
    return top


if __name__ == "__main__":
    sys.exit(main())
