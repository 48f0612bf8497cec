"""`report.intoto.jsonl`: the signed statements, a DSSE envelope (v1) a line, as an in-toto bundle."""

from __future__ import annotations

import binascii
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import FormatError, VerificationError
from securesystemslib.signer import CryptoSigner, SSlibKey

from osia_conformance.evidence.files import ATTESTATION, EvidenceError
from osia_conformance.evidence.keys import described
from osia_conformance.evidence.statement import STATEMENT, TEST_RESULT, VERDICT
from osia_conformance.support import files

PAYLOAD_TYPE = "application/vnd.in-toto+json"
_MALFORMED = (ValueError, KeyError, TypeError, AttributeError, binascii.Error, FormatError, RecursionError)

Statement = dict[str, Any]


def write(directory: Path, statements: Sequence[Mapping[str, Any]], signer: CryptoSigner) -> Path:
    """Sign each statement, write the bundle under `directory` and return its path."""
    return files.write(directory / ATTESTATION, [_line(_signed(statement, signer)) for statement in statements])


def read(directory: Path, key: SSlibKey) -> dict[str, Statement]:
    """Return the statements of the bundle by predicate type, once the key's signature holds for each.

    Raises EvidenceError for one that is missing, is not as `write` makes it, or was signed with another key.
    """
    try:
        data = (directory / ATTESTATION).read_bytes()
    except OSError as error:
        reason = (
            "it is missing, so the report is not signed" if _gone(error) else f"it cannot be read: {error.strerror}"
        )
        raise EvidenceError(f"{ATTESTATION}: {reason}") from None
    lines = data.split(b"\n")
    if len(lines) != 3 or lines[-1]:  # noqa: PLR2004 - two envelopes, and nothing behind the last newline
        raise EvidenceError(f"{ATTESTATION}: it must hold two whole lines, one for each statement, and nothing else")
    found = [_opened(line + b"\n", number, key) for number, line in enumerate(lines[:-1], start=1)]
    statements = {str(statement.get("predicateType")): statement for statement in found}
    if list(statements) != [TEST_RESULT, VERDICT]:
        raise EvidenceError(f"{ATTESTATION}: it does not state a test result, then a verdict")
    if found[0]["subject"] != found[1]["subject"]:
        raise EvidenceError(f"{ATTESTATION}: its two statements are not over the same files")
    return statements


def _signed(statement: Mapping[str, Any], signer: CryptoSigner) -> Envelope:
    payload = json.dumps(statement, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    envelope = Envelope(payload.encode("ascii"), PAYLOAD_TYPE, {})
    envelope.sign(signer)
    return envelope


def _line(envelope: Envelope) -> bytes:
    return json.dumps(envelope.to_dict(), separators=(",", ":")).encode("ascii") + b"\n"


def _opened(line: bytes, number: int, key: SSlibKey) -> Statement:
    where = f"{ATTESTATION}: line {number}"
    try:
        envelope = Envelope.from_dict(json.loads(line))
        # One spelling only: nothing can be changed or hidden beside what the signature covers.
        if _line(envelope) != line or envelope.payload_type != PAYLOAD_TYPE:
            raise ValueError
    except _MALFORMED:
        raise EvidenceError(f"{where} is not an envelope as the suite writes it, so it was changed") from None
    try:
        envelope.verify([key], 1)
    except VerificationError:
        raise EvidenceError(f"{where} does not verify with the key {described(key)}: {_why(envelope, key)}") from None
    return _statement(envelope.payload, where)


def _why(envelope: Envelope, key: SSlibKey) -> str:
    if key.keyid in envelope.signatures:
        return "its signature does not hold for what it says, so it was changed"
    signers = ", ".join(name[:16] for name in envelope.signatures)
    return f"it was signed with another key ({signers})" if signers else "nobody signed it"


def _statement(payload: bytes, where: str) -> Statement:
    try:
        statement = json.loads(payload)
        whole = statement["_type"] == STATEMENT and isinstance(statement["predicate"], dict)
        names = [(subject["name"], subject["digest"]["sha256"]) for subject in statement["subject"]]
    except _MALFORMED:
        whole, names = False, []
    if not whole or len(dict(names)) != len(names):
        raise EvidenceError(f"{where} is signed, but is no in-toto Statement over files that each stand in it once")
    return dict(statement)


def _gone(error: OSError) -> bool:
    return isinstance(error, FileNotFoundError)
