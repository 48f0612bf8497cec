"""`osia-conformance run`: judges a target."""

from __future__ import annotations

import argparse
import functools
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from osia_conformance.cli import arguments
from osia_conformance.cli.arguments import CommandParser, Subparsers, say_error
from osia_conformance.verdict.exit_codes import EXIT_USAGE

if TYPE_CHECKING:
    from osia_conformance.config.settings import Settings
    from osia_conformance.run.selection import Selection
    from osia_conformance.run.terminal import Verbosity

EXITS = (
    "0    conformant, or every finding against it stands under a valid waiver",
    "1    nonconformant: a MUST failed",
    "2    incomplete: a MUST could not be judged, only a part was judged, or the run did not finish",
    "130  interrupted; the report of what ran is written all the same",
)


def add_parser(subparsers: Subparsers[CommandParser]) -> CommandParser:
    """Add the command `run`."""
    return arguments.add_command(
        subparsers,
        "run",
        _add_arguments,
        examples=(
            "run --url https://gateway.example.org --interface-version 1.2.1",
            "run --config staging.toml --effort quick",
        ),
        exits=EXITS,
    )


def _add_arguments(command: CommandParser) -> None:
    from osia_conformance.config.run_options import ON_COMMAND_LINE

    arguments.add_config(command)
    add_options(command, *(option.name for option in ON_COMMAND_LINE))
    command.add_argument(
        "--dry-run", action="store_true", help="send nothing; list by check what the reference server is sent instead"
    )


def add_options(command: CommandParser, *names: str) -> None:
    """Add the run's options of these names, and what else a run can be told."""
    from osia_conformance.config.run_options import SELECTION, VERBOSITY

    arguments.add_run_options(command, *names)
    arguments.add_formats(command, "besides the usual reports")
    arguments.add_sign(command)
    command.add_argument(
        "--official",
        action="store_true",
        help="refuse a run whose certificate could not be official: thorough, whole, over TLS, signed, with [report]",
    )
    terminal = command.add_mutually_exclusive_group()
    narrowing = command.add_argument_group("a part of it", "the run is incomplete at best")
    for group, several in ((terminal, VERBOSITY), (narrowing, SELECTION)):
        for option in several:
            arguments.add_run_option(group, option)


def run(options: argparse.Namespace) -> int:
    """Judge a target and return the verdict's exit code."""
    from osia_conformance.config.loading import load_target

    return judge(options, load_target(*arguments.given(options)))


def judge(options: argparse.Namespace, settings: Settings) -> int:
    """Judge what the settings name, as far as the options want, and return the verdict's exit code.

    Raises ConfigurationError for what cannot be meant, before anything is sent.
    """
    from osia_conformance.cli.run_ending import run_ending, signing_key
    from osia_conformance.run.selection import Selection, as_before, verify_waivers
    from osia_conformance.support.secrets import SecretReference

    selection = Selection.of(vars(options))
    selection.verify()
    verify_waivers(settings)
    settings = as_before(selection, settings, effort=options.effort is not None)
    if getattr(options, "dry_run", False):
        from osia_conformance.cli.dry_run import dry_run

        return dry_run(settings, selection)
    if options.official:
        _require_official(settings, selection, signed=options.sign is not None)
        options.format = [*options.format, "pdf"]
    finish, formats = run_ending(signing_key(options.sign)), arguments.formats_of(options)
    settings = replace(settings, signing_key=SecretReference(options.sign) if options.sign else None)
    if settings.target.interface_version is None and not settings.demonstration:
        from osia_conformance.checks.enrollment.version_probe import looks_like

        say_error(looks_like(settings))
        return EXIT_USAGE
    verbosity: Verbosity = "verbose" if options.verbose else "quiet" if options.quiet else "normal"
    return finish(*_judged(settings, selection, formats, verbosity))


def _require_official(settings: Settings, selection: Selection, *, signed: bool) -> None:
    """Raise ConfigurationError with what an official certificate still needs."""
    from dataclasses import asdict

    from osia_conformance.reports.certificate.official import missing_for_official
    from osia_conformance.support.secrets import ConfigurationError

    missing = missing_for_official(
        url=settings.target.url,
        effort=settings.effort,
        selection=bool(selection) or settings.shard is not None or bool(settings.target.read_only),
        signature=signed,
        report=asdict(settings.report),
        demonstration=settings.demonstration,
    )
    if missing is not None:
        raise ConfigurationError(missing)


def _judged(
    settings: Settings, selection: Selection, formats: Sequence[str], verbosity: Verbosity
) -> tuple[int, Path | None]:
    from osia_conformance.reports import FORMATS, publish
    from osia_conformance.run.run_request import prepared
    from osia_conformance.run.runner import run_suites
    from osia_conformance.run.terminal import on_terminal
    from osia_conformance.target import embedded_server

    writing = functools.partial(publish, formats=(*FORMATS, *formats))
    with embedded_server.starting(settings) as server:
        progress = on_terminal(verbosity, settings.color)
        run_request = prepared(settings, progress=progress, write_reports=writing, server=server)
        code = run_suites(run_request, selection=selection)
    if run_request.refusal is not None:
        say_error(run_request.refusal)
    return code, run_request.directory
