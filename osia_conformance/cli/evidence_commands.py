"""The commands `sign`, `verify` and `keygen`, and `run --sign`: what they print and how they end."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from securesystemslib.signer import CryptoSigner

from osia_conformance.evidence import files, keys, signing
from osia_conformance.evidence.verify import Findings
from osia_conformance.evidence.verify import verify as verify_report
from osia_conformance.support.text import one_line, visible

HOLDS, BROKEN = 0, 1
_SHOWN = 20


def sign(options: argparse.Namespace) -> int:
    """Sign the report in DIR; 0, or 1 and a sentence if it does not follow from its journal."""
    return signed(Path(options.directory), keys.private_key(options.key, "--key"))


def signed(directory: Path, signer: CryptoSigner) -> int:
    """Sign a report and say so; return 0, or 1 after the sentence that says why it cannot be signed."""
    try:
        path, count = signing.sign(directory, signer)
    except files.EvidenceError as error:
        _say(f"not signed: {error}")
        return BROKEN
    except OSError as error:
        _say(f"not signed: {error.filename}: {error.strerror}")
        return BROKEN
    sys.stdout.write(f"signed: {path}: {count} files, {keys.described(signer.public_key)}\n")
    return HOLDS


def verify(options: argparse.Namespace) -> int:
    """Verify the report in DIR; 0, or 1 and a sentence for each thing that does not hold."""
    key = keys.public_key(options.key, "--key")
    found = verify_report(Path(options.directory), key)
    for note in found.notes:
        sys.stdout.write(f"note: {visible(note)}\n")
    if found.faults:
        for fault in found.faults[:_SHOWN]:
            _say(fault)
        if len(found.faults) > _SHOWN:
            _say(f"and {len(found.faults) - _SHOWN} more files do not hold")
        return BROKEN
    sys.stdout.write("".join(f"{line}\n" for line in _summary(found, keys.described(key))))
    return HOLDS


def keygen(options: argparse.Namespace) -> int:
    """Write a new key pair."""
    private, public = keys.generate(options.algorithm, Path(options.out))
    sys.stdout.write(f"private key, for `sign --key file:{private}`: {private}\n")
    sys.stdout.write(f"public key, for `verify --key {public}`: {public}\n")
    return HOLDS


def _summary(found: Findings, key: str) -> list[str]:
    results = found.results
    assert results is not None
    musts = ", ".join(f"{count} {outcome}" for outcome, count in results["totals"]["must"].items() if count)
    product = " ".join(results["product"][name] for name in ("vendor", "name", "version") if name in results["product"])
    return [
        f"verified: {found.signed} files as they were signed with {key}",
        f"verdict: {results['verdict']}, as the journal gives it anew (MUST: {musts})",
        f"run: {results['runId']}, {results['started']}, interface {results['interfaceVersion']}, "
        f"{results['tool']['name']} {results['tool']['version']}",
        f"product: {one_line(product or 'not named')}, target {one_line(results['target']['url'])}",
    ]


def _say(sentence: str) -> None:
    sys.stderr.write(f"osia-conformance: {visible(sentence)}\n")
