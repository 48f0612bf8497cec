"""`osia-conformance merge`: one report from the shards of a run."""

from __future__ import annotations

import argparse
from pathlib import Path

from osia_conformance.cli import arguments
from osia_conformance.cli.arguments import CommandParser, Subparsers
from osia_conformance.cli.run import EXITS


def add_parser(subparsers: Subparsers[CommandParser]) -> CommandParser:
    """Add the command `merge`."""
    return arguments.add_command(
        subparsers,
        "merge",
        _add_arguments,
        examples=("merge shard-1 shard-2 shard-3", "merge shard-* --report-dir whole --format oscal"),
        exits=EXITS,
    )


def _add_arguments(command: CommandParser) -> None:
    command.add_argument("directories", nargs="+", metavar="DIR", help="the report directory of a shard")
    command.add_argument("--key", metavar="PUB", help="verify each shard by the key that signed it, a PEM file")
    arguments.add_run_options(command, "report-dir")
    arguments.add_formats(command, "besides the usual reports")
    arguments.add_sign(command)


def run(options: argparse.Namespace) -> int:
    """Report the run whose shards are named, and return its exit code."""
    import functools

    from osia_conformance.cli.merged_report import merge
    from osia_conformance.cli.run_ending import run_ending, signing_key
    from osia_conformance.cli.signed_shards import check_signatures
    from osia_conformance.config.settings import Settings
    from osia_conformance.evidence.keys import public_key
    from osia_conformance.evidence.untold_key import expect_key_untold_by_shards
    from osia_conformance.reports import FORMATS, publish
    from osia_conformance.run.run_request import RunRequest
    from osia_conformance.run.terminal import on_terminal
    from osia_conformance.standard.versions import newest
    from osia_conformance.support.files import named

    signer = signing_key(options.sign)
    settings = Settings(report_dir=Path(options.report_dir) if options.report_dir else None)
    writing = functools.partial(publish, formats=(*FORMATS, *arguments.formats_of(options)))
    run_request = RunRequest(settings, newest(), progress=on_terminal(), write_reports=writing)
    directories = [named(Path(name)) for name in options.directories]
    if signer is not None:
        expect_key_untold_by_shards(directories, signer)
    check_signatures(directories, public_key(options.key, "--key") if options.key else None)
    code = merge(directories, run_request)
    return run_ending(signer)(code, run_request.directory)
