"""`osia-conformance sign`: signs the report of a run."""

from __future__ import annotations

import argparse
from pathlib import Path

from osia_conformance.cli import arguments
from osia_conformance.cli.arguments import CommandParser, Subparsers
from osia_conformance.run.garbage import gc_threshold_raised


def add_parser(subparsers: Subparsers[CommandParser]) -> CommandParser:
    """Add the command `sign`."""
    return arguments.add_command(
        subparsers,
        "sign",
        _add_arguments,
        examples=(
            "sign reports/20260101T120000Z-1a2b3c4d --key file:signing-key.pem",
            "sign DIR --key env:SIGNING_KEY",
        ),
        exits=("0    it is signed", "1    it does not follow from its journal"),
    )


def _add_arguments(command: CommandParser) -> None:
    arguments.add_directory(command)
    command.add_argument("--key", required=True, metavar="file:KEY", help="the private key: file:PATH or env:NAME")
    command.add_argument(
        "--countersign", metavar="PUB", help="add a witness's signature to the report that the holder of PUB signed"
    )


@gc_threshold_raised()
def run(options: argparse.Namespace) -> int:
    """Sign the report in DIR; 0, or 1 and a sentence if it does not follow from its journal."""
    from osia_conformance.cli.run_ending import sign_report
    from osia_conformance.evidence import keys

    signer = keys.private_key(options.key, "--key")
    signed_by = keys.public_key(options.countersign, "--countersign") if options.countersign else None
    return 0 if sign_report(Path(options.directory), signer, signed_by) else 1
