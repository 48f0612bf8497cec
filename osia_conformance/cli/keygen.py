"""`osia-conformance keygen`: makes a key pair for signing reports."""

from __future__ import annotations

import argparse
from pathlib import Path

from osia_conformance.cli import arguments
from osia_conformance.cli.arguments import CommandParser, Subparsers


def add_parser(subparsers: Subparsers[CommandParser]) -> CommandParser:
    """Add the command `keygen`."""
    return arguments.add_command(
        subparsers,
        "keygen",
        _add_arguments,
        examples=("keygen", "keygen --algorithm ecdsa-p256 --out laboratory.pem"),
    )


def _add_arguments(command: CommandParser) -> None:
    from osia_conformance.evidence.keys import ALGORITHMS

    command.add_argument(
        "--algorithm", choices=ALGORITHMS, default=ALGORITHMS[0], help="the kind of key (default: %(default)s)"
    )
    command.add_argument(
        "--out",
        default="signing-key.pem",
        metavar="FILE",
        help="the private key; the public one ends in .pub (default: %(default)s)",
    )


def run(options: argparse.Namespace) -> int:
    """Write a new key pair."""
    from osia_conformance.evidence import keys

    private, public = keys.generate(options.algorithm, Path(options.out))
    arguments.print_lines(
        [
            f"private key, for `sign --key file:{private}`: {private}",
            f"public key, for `verify --key {public}`: {public}",
        ]
    )
    return 0
