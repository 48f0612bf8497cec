"""What the commands' parsers share: filled only when a command is named, so that the others cost nothing."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NoReturn, TextIO

from osia_conformance.cli.commands import COMMANDS
from osia_conformance.verdict.exit_codes import EXIT_USAGE

if TYPE_CHECKING:
    from pathlib import Path

    from osia_conformance.config.run_options import RunOption
    from osia_conformance.config.settings import Settings

_WIDEST_NAME = 30
_NARROWEST = 20

Arguments = Callable[["CommandParser"], None]


class CommandParser(argparse.ArgumentParser):
    """A parser that ends with 64 on wrong usage, and gets its arguments from `arguments` at its first use."""

    def __init__(self, *, arguments: Arguments | None = None, **options: Any) -> None:
        options.setdefault("formatter_class", _formatter)
        super().__init__(**options)
        self._arguments = arguments

    def error(self, message: str) -> NoReturn:
        """End with one sentence on stderr and exit code 64."""
        from osia_conformance.support.text import sentence

        # What was not understood may be the name of a file that somebody else chose.
        self.exit(EXIT_USAGE, f"{self.prog}: {sentence(message)}; see {self.prog} --help.\n")

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Parse as argparse does, with all arguments in place."""
        self.fill()
        return super().parse_known_args(args, namespace)

    def format_help(self) -> str:
        """Return the help of all arguments."""
        self.fill()
        return super().format_help()

    def fill(self) -> None:
        """Add the command's arguments, once."""
        arguments, self._arguments = self._arguments, None
        if arguments is not None:
            arguments(self)


Subparsers = argparse._SubParsersAction  # mypy knows no other name for it


def _formatter(prog: str) -> argparse.HelpFormatter:
    return argparse.RawDescriptionHelpFormatter(prog, max_help_position=_WIDEST_NAME)


def add_command(
    subparsers: Subparsers[CommandParser],
    name: str,
    arguments: Arguments,
    *,
    examples: Sequence[str],
    exits: Sequence[str] = ("0    done",),
) -> CommandParser:
    """Add command `name`; `examples` are command lines without the program's name, `exits` are "CODE  when"."""
    lines = [*(f"  osia-conformance {line}" for line in examples), "", "exit codes:"]
    lines += [f"  {line}" for line in (*exits, "64   wrong usage or configuration", "70   the suite itself failed")]
    summary = COMMANDS[name]
    description = summary[0].upper() + summary[1:] + "."
    epilog = "\n".join(("examples:", *lines))
    return subparsers.add_parser(name, help=summary, description=description, epilog=epilog, arguments=arguments)


def say_error(text: str) -> None:
    """Print one sentence to stderr, whatever a stranger's words in it hold."""
    from osia_conformance.support.text import sentence

    sys.stderr.write(f"{_fitted(f'osia-conformance: {sentence(text)}', sys.stderr)}\n")


def print_lines(lines: Sequence[str]) -> None:
    """Print lines that may hold a stranger's words: each stays one line."""
    from osia_conformance.support.text import sentence

    for line in lines:
        sys.stdout.write(f"{_fitted(sentence(line), sys.stdout)}\n")


def _fitted(line: str, stream: TextIO) -> str:
    """Return a line for a stream: a terminal gets it broken between words, which it would cut itself."""
    if not stream.isatty():
        return line
    import shutil
    import textwrap

    width = max(_NARROWEST, shutil.get_terminal_size().columns)
    # What is indented goes on as far in, so that no part of it looks like a line of its own.
    indent = " " * (len(line) - len(line.lstrip()) + 2)
    return textwrap.fill(
        line, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False, replace_whitespace=False
    )


def settings_of(options: argparse.Namespace, report: Path | None = None) -> Settings:
    """Return the settings that --config, the environment and the command's options make.

    A conformance.toml is not read because it stands in the directory `report`, which may be anybody's. Raises
    ConfigurationError.
    """
    from osia_conformance.config.loading import load

    return load(*given(options), apart_from=report)


def given(options: argparse.Namespace) -> tuple[dict[str, Any], None, Path | None]:
    """Return what a command's options say: those of the run by their names, no environment of its own, the file.

    Raises ConfigurationError for a --config that names nothing.
    """
    from pathlib import Path

    from osia_conformance.support.secrets import ConfigurationError

    if options.config == "":
        raise ConfigurationError("--config: it names no file; leave it out for conformance.toml, if there is one.")
    return run_options_of(options), None, Path(options.config) if options.config else None


def run_options_of(options: argparse.Namespace) -> dict[str, Any]:
    """Return the run's options that were given, by their names."""
    from osia_conformance.config.run_options import ON_COMMAND_LINE

    return {option.name: vars(options).get(option.member) for option in ON_COMMAND_LINE}


class _Insecure(argparse.Action):
    """Says why there is no --insecure, and what there is."""

    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> NoReturn:
        from osia_conformance.config.values import INSECURE

        parser.exit(EXIT_USAGE, f"{parser.prog}: --insecure is refused: {INSECURE}\n")


def add_config(command: CommandParser) -> None:
    """Add --config."""
    command.add_argument("--insecure", action=_Insecure, nargs=0, help=argparse.SUPPRESS)
    command.add_argument(
        "--config", metavar="FILE", help="the configuration (default: conformance.toml, if there is one; OSIA_CONFIG)"
    )


def add_target_url(command: CommandParser) -> None:
    """Add --url, of a command that calls the target of a finished run."""
    command.add_argument("--url", help="the target, where it is another than the configuration's or the run's")


def add_run_options(command: CommandParser, *names: str) -> None:
    """Add the options of a run, or those of them that are named."""
    from osia_conformance.config.run_options import BY_NAME, ON_COMMAND_LINE

    for option in [BY_NAME[name] for name in names] or ON_COMMAND_LINE:
        add_run_option(command, option)


def add_run_option(command: argparse._ActionsContainer, option: RunOption) -> None:
    """Add one option of the table of what a run can be told."""
    known = option.key.option
    assert known is not None
    text = f"{option.key.description} [{option.variable}]" if option.key.has_variable else option.key.description
    names = [*([known.short] if known.short else []), f"--{option.name}"]
    if known.is_switch and option.key.has_variable:
        command.add_argument(*names, action=argparse.BooleanOptionalAction, default=None, help=text)
    elif known.is_switch:
        command.add_argument(*names, action="store_true", help=text)
    else:
        count = "+" if known.has_several else None
        command.add_argument(
            *names, nargs=count, metavar=known.metavar, type=known.type, choices=known.choices, help=text
        )


def add_directory(command: CommandParser) -> None:
    """Add DIR, the report directory of a run."""
    command.add_argument("directory", metavar="DIR", help="the report directory of the run")


def add_formats(command: CommandParser, text: str) -> None:
    """Add --format with every format that a report can be written in."""
    from osia_conformance.reports import ADDITIONAL_FORMATS, FORMATS

    choices = (*FORMATS, *ADDITIONAL_FORMATS)
    command.add_argument(
        "--format", nargs="+", choices=choices, default=[], metavar="FORMAT", help=f"{text}: %(choices)s"
    )


def formats_of(options: argparse.Namespace) -> list[str]:
    """Return what --format names. Raises ConfigurationError if a format needs a package that is not installed."""
    from osia_conformance.reports import ReportError, check_formats
    from osia_conformance.support.secrets import ConfigurationError

    try:
        check_formats(options.format)
    except ReportError as error:
        raise ConfigurationError(f"--format: {error}") from None
    return list(options.format)


def add_sign(command: CommandParser) -> None:
    """Add --sign."""
    command.add_argument("--sign", metavar="file:KEY", help="sign the report: file:PATH or env:NAME of a key")
