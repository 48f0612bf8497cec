"""Signing a report: what it says must follow from its journal, then its files and its verdict are signed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from securesystemslib.signer import CryptoSigner

from osia_conformance.evidence import bundle, files, statement
from osia_conformance.evidence.derivation import derived_anew
from osia_conformance.reports import certificate
from osia_conformance.support.secrets import ConfigurationError
from osia_conformance.verdict import journal


def sign(directory: Path, signer: CryptoSigner) -> tuple[Path, int]:
    """Write the signature of the report in `directory`; return its path and how many files it covers.

    Raises ConfigurationError if `directory` is no report or is signed already, EvidenceError if it does not
    follow from its journal or cannot be signed, OSError if a file cannot be read or written.
    """
    files.check_report(directory)
    if (directory / files.ATTESTATION).exists():
        raise ConfigurationError(f"{directory} is signed already; remove {files.ATTESTATION} to sign it anew.")
    derived = derived_anew(directory)
    _name_key(directory, derived.results, signer.public_key.keyid)
    digests = files.digests(directory)
    signed = statement.statements(derived.results, derived.header, digests)
    return bundle.write(directory, signed, signer), len(digests)


def _name_key(directory: Path, results: Mapping[str, Any], key: str) -> None:
    """Write the certificate of the report, if there is one, anew: with the fingerprint of the key that signs it."""
    if not (directory / certificate.FILE).exists():
        return
    try:
        certificate.write_certificate(results, journal.read(directory), directory, key=key)
    except certificate.MissingPackage as error:
        raise files.EvidenceError(f"the certificate cannot name the key: {str(error).rstrip('.')}") from None
