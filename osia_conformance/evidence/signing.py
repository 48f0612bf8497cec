"""Signing a report: what it says must follow from its journal, then its files and its verdict are signed."""

from __future__ import annotations

import hashlib
import os
from functools import partial
from pathlib import Path

from securesystemslib.signer import SSlibKey

from osia_conformance.evidence import bundle, files, statement
from osia_conformance.evidence.derivation import Derived, derived_anew
from osia_conformance.evidence.keys import SigningKey
from osia_conformance.evidence.untold_key import expect_key_untold
from osia_conformance.evidence.verify import verify_snapshot
from osia_conformance.reports import ADDITIONAL_FILES
from osia_conformance.support import files as support_files
from osia_conformance.support.forks import made_meanwhile
from osia_conformance.support.secrets import ConfigurationError


def sign(directory: Path, signer: SigningKey) -> tuple[Path, int]:
    """Write the signature of the report in `directory`; return its path and how many files it covers.

    Each file is read once, into a copy: what is signed is what was judged. Raises ConfigurationError if `directory`
    is no report or is signed already, EvidenceError if it does not follow from its journal, holds the text of the key
    or cannot be signed, OSError if a file cannot be read or written.
    """
    files.check_report(directory)
    if os.path.lexists(directory / files.ATTESTATION):
        raise ConfigurationError(f"{directory} is signed already; remove {files.ATTESTATION} to sign it anew.")
    with files.snapshot(directory) as taken:
        with made_meanwhile(partial(expect_key_untold, taken, signer)) as expect_untold:
            try:
                derived = derived_anew(taken)
            finally:
                # Whatever else is wrong with the report: who reads of it must know first that the key got into it.
                expect_untold()
        digests = {**taken.digests, **_named_key(directory, taken, derived, signer.public_key.keyid)}
        signed = statement.statements(derived.results, derived.header, digests)
        return bundle.write(directory, signed, signer), len(digests)


def countersign(directory: Path, key: SSlibKey, witness: SigningKey) -> tuple[Path, int]:
    """Add a witness's signature to a report that the holder of `key` signed; return as `sign` does.

    Raises ConfigurationError if the witness is the signer, EvidenceError if anything of the report does not hold.
    """
    if witness.public_key.keyid == key.keyid:
        raise ConfigurationError("--countersign: that is the witness's own key; name the signer's public key.")
    files.check_report(directory)
    with files.snapshot(directory) as taken:
        found = verify_snapshot(taken, key)
        if found.faults:
            raise files.EvidenceError(found.faults[0])
        expect_key_untold(taken, witness)
        return bundle.countersign(directory, taken.directory, key, witness), len(taken.digests)


def _named_key(directory: Path, taken: files.Snapshot, derived: Derived, key: str) -> dict[str, str]:
    """Write the certificates of the report, if there are any, anew: with the fingerprint of the key that signs it.

    Return the SHA-256 of each by name, nothing without one.
    """
    present = [name for name in (ADDITIONAL_FILES["pdf"], ADDITIONAL_FILES["annex"]) if name in taken.digests]
    if not present:
        return {}
    from osia_conformance.reports import certificate  # noqa: PLC0415 - slow, and few reports have one

    named = {}
    for name in present:
        annexed = name == certificate.ANNEXED
        try:
            certificate.write_certificate(derived.results, derived.records, taken.directory, key=key, exchanges=annexed)
        except certificate.MissingPackage as error:
            raise files.EvidenceError(f"the certificate cannot name the key: {str(error).rstrip('.')}") from None
        data = (taken.directory / name).read_bytes()
        support_files.write(directory / name, [data])
        named[name] = hashlib.sha256(data).hexdigest()
    return named
