"""`osia-conformance profile --check`: tries on the target what the profile says it accepts."""

from __future__ import annotations

import argparse
from dataclasses import replace
from typing import TYPE_CHECKING

from osia_conformance.cli import arguments
from osia_conformance.cli.arguments import CommandParser, Subparsers

if TYPE_CHECKING:
    import httpx

    from osia_conformance.config.settings import Settings


def add_parser(subparsers: Subparsers[CommandParser]) -> CommandParser:
    """Add the command `profile`."""
    return arguments.add_command(
        subparsers,
        "profile",
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

    code, lines = check_profile(load_target(*arguments.given(options)))
    arguments.print_lines(lines)
    return code


def check_profile(settings: Settings, *, transport: httpx.BaseTransport | None = None) -> tuple[int, list[str]]:
    """Try the profile of the settings on their target; return exit code and lines.

    Raises what a run's start raises for a setting that cannot work.
    """
    from osia_conformance.checks.enrollment.profile_trial import check
    from osia_conformance.run.run_request import prepared
    from osia_conformance.target.standalone import standalone_session

    run_request = prepared(replace(settings, seed=0, effort="quick"), transport=transport)
    with standalone_session(run_request.settings, run_request.version, "profile", transport) as session:
        return check(session)
