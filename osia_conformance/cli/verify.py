"""`osia-conformance verify`: checks a signed report, offline."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from osia_conformance.cli import arguments
from osia_conformance.cli.arguments import CommandParser, Subparsers, say_error

if TYPE_CHECKING:
    from osia_conformance.evidence.verify import Findings

_SHOWN = 20


def add_parser(subparsers: Subparsers[CommandParser]) -> CommandParser:
    """Add the command `verify`."""
    return arguments.add_command(
        subparsers,
        "verify",
        "check a signed report, offline",
        _add_arguments,
        examples=("verify reports/20260101T120000Z-1a2b3c4d --key signing-key.pub", "verify DIR --key laboratory.pub"),
        exits=("0    everything holds, whatever the verdict", "1    something does not hold"),
    )


def _add_arguments(command: CommandParser) -> None:
    command.add_argument("directory", metavar="DIR", help="the report directory")
    command.add_argument("--key", required=True, metavar="PUB", help="the signer's public key, a PEM file")


def run(options: argparse.Namespace) -> int:
    """Verify the report in DIR; 0, or 1 and a sentence for each thing that does not hold."""
    from osia_conformance.evidence import keys
    from osia_conformance.evidence.verify import verify
    from osia_conformance.support.text import visible

    key = keys.public_key(options.key, "--key")
    found = verify(Path(options.directory), key)
    arguments.print_lines([f"note: {note}" for note in found.notes])
    if found.faults:
        for fault in found.faults[:_SHOWN]:
            say_error(visible(fault))
        if len(found.faults) > _SHOWN:
            say_error(f"and {len(found.faults) - _SHOWN} more files do not hold")
        return 1
    sys.stdout.write("".join(f"{line}\n" for line in _summary(found, keys.described(key))))
    return 0


def _summary(found: Findings, key: str) -> list[str]:
    from osia_conformance.support.text import one_line
    from osia_conformance.verdict import demonstration

    results = found.results
    assert results is not None
    musts = ", ".join(f"{count} {outcome}" for outcome, count in results["totals"]["must"].items() if count)
    product = " ".join(results["product"][name] for name in ("vendor", "name", "version") if name in results["product"])
    return [
        *demonstration.notes(results),
        f"verified: {found.signed} files as they were signed with {key}",
        f"verdict: {results['verdict']}, as the journal gives it anew (MUST: {musts})",
        f"run: {results['runId']}, {results['started']}, interface {results['interfaceVersion']}, "
        f"{results['tool']['name']} {results['tool']['version']}",
        f"product: {one_line(product or 'not named')}, target {one_line(results['target']['url'])}",
    ]
