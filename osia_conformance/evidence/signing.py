"""Signing a report: what it says must follow from its journal, then its files and its verdict are signed."""

from __future__ import annotations

from pathlib import Path

from securesystemslib.signer import CryptoSigner

from osia_conformance.evidence import bundle, files, statement
from osia_conformance.evidence.derivation import derived_anew
from osia_conformance.support.secrets import ConfigurationError


def sign(directory: Path, signer: CryptoSigner) -> tuple[Path, int]:
    """Write the signature of the report in `directory`; return its path and how many files it covers.

    Raises ConfigurationError if `directory` is no report or is signed already, EvidenceError if it does not
    follow from its journal or cannot be signed, OSError if a file cannot be read or written.
    """
    files.check_report(directory)
    if (directory / files.ATTESTATION).exists():
        raise ConfigurationError(f"{directory} is signed already; remove {files.ATTESTATION} to sign it anew.")
    derived = derived_anew(directory)
    digests = files.digests(directory)
    signed = statement.statements(derived.results, derived.header, digests)
    return bundle.write(directory, signed, signer), len(digests)
