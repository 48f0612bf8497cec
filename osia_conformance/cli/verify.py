"""`osia-conformance verify`: checks a signed report, offline."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from osia_conformance.cli import arguments
from osia_conformance.cli.arguments import CommandParser, Subparsers, say_error
from osia_conformance.run.garbage import gc_threshold_raised

if TYPE_CHECKING:
    from osia_conformance.evidence.verify import Findings
    from osia_conformance.run.collect_ahead import Collect
    from osia_conformance.run.rejudging import Rejudged

_SHOWN = 20


def add_parser(subparsers: Subparsers[CommandParser]) -> CommandParser:
    """Add the command `verify`."""
    return arguments.add_command(
        subparsers,
        "verify",
        _add_arguments,
        examples=("verify reports/20260101T120000Z-1a2b3c4d --key signing-key.pub", "verify DIR --key laboratory.pub"),
        exits=(
            "0    everything holds, whatever the verdict",
            "1    something does not hold",
            "2    nothing speaks against it, and not everything could be checked; the output says what",
        ),
    )


def _add_arguments(command: CommandParser) -> None:
    command.add_argument("directory", metavar="DIR", help="the report directory")
    command.add_argument("--key", required=True, metavar="PUB", help="the signer's public key, a PEM file")
    command.add_argument("--witness", metavar="PUB", help="the public key of a witness who must have signed, too")
    command.add_argument(
        "--expect-suite", metavar="DIGEST", help="the digest of the suite that judged, where it is not this one"
    )
    command.add_argument(
        "--replay-judgements",
        action="store_true",
        help="judge each check again from its recorded exchanges, without a target, and compare outcomes",
    )


@gc_threshold_raised()
def run(options: argparse.Namespace) -> int:
    """Verify the report in DIR; 0, 2 where not all could be checked, or 1 and a sentence for each fault."""
    from osia_conformance.run.collect_ahead import collected_ahead

    directory = Path(options.directory)
    with collected_ahead(directory) as collect:
        # Loaded while the other process collects, which takes longest.
        from osia_conformance.evidence import keys
        from osia_conformance.evidence.verify import Asked, verify

        key = keys.public_key(options.key, "--key")
        witness = keys.public_key(options.witness, "--witness") if options.witness else None
        rejudge = _rejudge if options.replay_judgements else None
        asked = Asked(witness, options.expect_suite, partial(_of_register, collect), rejudge)
        found = verify(directory, key, asked)
    arguments.print_lines([f"note: {note}" for note in found.notes])
    if found.faults:
        for fault in found.faults[:_SHOWN]:
            say_error(fault)
        if len(found.faults) > _SHOWN:
            say_error(f"and {len(found.faults) - _SHOWN} more files do not hold")
        return 1
    signers = [keys.described(key), *([f"witness {keys.described(witness)}"] if witness else [])]
    arguments.print_lines(_summary(found, " and ".join(signers)))
    arguments.print_lines([f"unchecked: {one}" for one in found.unchecked])
    return 2 if found.unchecked else 0


def _of_register(collect: Collect, header: Mapping[str, Any]) -> set[tuple[str, str]]:
    """Return those checks of a run whose requirement its interface version has: verifying has read the register."""
    from osia_conformance.standard.register import load_register

    known = load_register(header["interfaceVersion"]).requirements
    return {check for check in collect(header) if check[0] in known}


def _rejudge(records: Sequence[Mapping[str, Any]], directory: Path) -> Rejudged:
    from osia_conformance.run.rejudging import rejudge

    return rejudge(records, directory)


def _summary(found: Findings, signers: str) -> list[str]:
    from osia_conformance.verdict import demonstration

    results = found.results
    assert results is not None
    musts = ", ".join(f"{count} {outcome}" for outcome, count in results["totals"]["must"].items() if count)
    product = " ".join(filter(None, map(results["product"].get, ("vendor", "name", "version"))))
    return [
        *demonstration.notes(results),
        f"verified: {found.signed} files as they were signed with {signers}",
        f"verdict: {results['verdict']}, {_derived_by(found)} (MUST: {musts})",
        f"run: {results['runId']}, {results['started']}, interface {results['interfaceVersion']}, "
        f"{results['tool']['name']} {results['tool']['version']}",
        f"product: {product or 'not named'}, target {results['target']['url']}",
    ]


def _derived_by(found: Findings) -> str:
    """Return by what the verdict was derived: a stranger's register may ask for less than the standard."""
    stranger = next((one for one in found.unchecked if one.startswith("derived by a ")), None)
    return "as the journal gives it anew" if stranger is None else stranger.partition(";")[0]
