"""`report.intoto.jsonl`: the signed statements, a DSSE envelope (v1) a line, as an in-toto bundle."""

from __future__ import annotations

import binascii
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import FormatError, VerificationError
from securesystemslib.signer import CryptoSigner, SSlibKey

from osia_conformance.evidence.files import ATTESTATION, EvidenceError
from osia_conformance.evidence.keys import canonical, described
from osia_conformance.evidence.statement import STATEMENT, TEST_RESULT, VERDICT
from osia_conformance.support import files

_LARGEST = 1 << 28
_MOST_SIGNATURES = 2
PAYLOAD_TYPE = "application/vnd.in-toto+json"
_MALFORMED = (ValueError, KeyError, TypeError, AttributeError, binascii.Error, FormatError, RecursionError)

Statement = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Bundle:
    """The signed statements by predicate type, and the ids of the keys behind their signatures, the signer's first."""

    statements: Mapping[str, Statement]
    key_ids: tuple[str, ...]


def write(directory: Path, statements: Sequence[Mapping[str, Any]], signer: CryptoSigner) -> Path:
    """Sign each statement, write the bundle under `directory` and return its path."""
    envelopes = [Envelope(_payload(statement), PAYLOAD_TYPE, {}) for statement in statements]
    for envelope in envelopes:
        _sign(envelope, signer)
    return files.write(directory / ATTESTATION, [_line(envelope) for envelope in envelopes])


def countersign(place: Path, copy: Path, key: SSlibKey, signer: CryptoSigner) -> Path:
    """Add a witness's signature to the bundle that was read in `copy`, and write it under `place`; return its path.

    Raises EvidenceError if it is not one that `key` alone signed.
    """
    if read(copy, key).key_ids != (key.keyid,):
        raise EvidenceError(f"{ATTESTATION}: it has a witness already")
    envelopes = [Envelope.from_dict(json.loads(line)) for line in _lines(copy)]
    for envelope in envelopes:
        _sign(envelope, signer)
    return files.write(place / ATTESTATION, [_line(envelope) for envelope in envelopes])


def read(directory: Path, key: SSlibKey, witness: SSlibKey | None = None) -> Bundle:
    """Return the bundle, once the key's signature, and a witness's if it is given, hold for each statement.

    Raises EvidenceError for one that is missing, is not as the suite writes it, or was signed with another key.
    """
    opened = [_opened(line, number, key, witness) for number, line in enumerate(_lines(directory), start=1)]
    found = [statement for statement, _ in opened]
    statements = {str(statement.get("predicateType")): statement for statement in found}
    if list(statements) != [TEST_RESULT, VERDICT]:
        raise EvidenceError(f"{ATTESTATION}: it does not state a test result, then a verdict")
    if found[0]["subject"] != found[1]["subject"]:
        raise EvidenceError(f"{ATTESTATION}: its two statements are not over the same files")
    if opened[0][1] != opened[1][1]:
        raise EvidenceError(f"{ATTESTATION}: its two statements are not signed by the same keys")
    return Bundle(statements, opened[0][1])


def subjects(directory: Path) -> dict[str, str] | None:
    """Return the SHA-256 by path of the files that the bundle says are signed, whoever signed it; None if it is none.

    Nothing is verified: for a warning.
    """
    try:
        payload = Envelope.from_dict(json.loads(_lines(directory)[1])).payload
        return {one["name"]: one["digest"]["sha256"] for one in _statement(payload, ATTESTATION)["subject"]}
    except (*_MALFORMED, EvidenceError):
        return None


def _lines(directory: Path) -> list[bytes]:
    try:
        data = files.read(directory, ATTESTATION, _LARGEST)
    except OSError as error:
        reason = (
            "it is missing, so the report is not signed" if _gone(error) else f"it cannot be read: {error.strerror}"
        )
        raise EvidenceError(f"{ATTESTATION}: {reason}") from None
    lines = data.split(b"\n")
    if len(lines) != 3 or lines[-1]:  # noqa: PLR2004 - two envelopes, and nothing behind the last newline
        raise EvidenceError(f"{ATTESTATION}: it must hold two whole lines, one for each statement, and nothing else")
    return [line + b"\n" for line in lines[:-1]]


def _payload(statement: Mapping[str, Any]) -> bytes:
    return json.dumps(statement, ensure_ascii=True, allow_nan=False, separators=(",", ":")).encode("ascii")


def _sign(envelope: Envelope, signer: CryptoSigner) -> None:
    """Add a signature, in the one form in which it is written."""
    envelope.sign(signer)
    made = envelope.signatures[signer.public_key.keyid]
    made.signature = canonical(bytes.fromhex(made.signature), signer.public_key).hex()


def _line(envelope: Envelope) -> bytes:
    return json.dumps(envelope.to_dict(), separators=(",", ":")).encode("ascii") + b"\n"


def _opened(line: bytes, number: int, key: SSlibKey, witness: SSlibKey | None) -> tuple[Statement, tuple[str, ...]]:
    where = f"{ATTESTATION}: line {number}"
    try:
        plain = all(set(one) == {"keyid", "sig"} for one in json.loads(line)["signatures"])
        envelope = Envelope.from_dict(json.loads(line))
        # One spelling only: nothing can be changed or hidden beside what the signature covers.
        whole = _line(envelope) == line and envelope.payload_type == PAYLOAD_TYPE
        if not whole or not plain:
            raise ValueError
    except _MALFORMED:
        raise EvidenceError(f"{where} is not an envelope as the suite writes it, so it was changed") from None
    key_ids = tuple(envelope.signatures)
    if len(key_ids) > _MOST_SIGNATURES:
        raise EvidenceError(f"{where} has {len(key_ids)} signatures; there are the signer's and one witness's at most")
    _expect_signature(envelope, key, where)
    if key_ids[0] != key.keyid:
        raise EvidenceError(f"{where} was signed by the key {described(key)} as a witness only")
    if witness is not None:
        _expect_signature(envelope, witness, where)
    return _statement(envelope.payload, where), key_ids


def _expect_signature(envelope: Envelope, key: SSlibKey, where: str) -> None:
    try:
        envelope.verify([key], 1)
        made = bytes.fromhex(envelope.signatures[key.keyid].signature)
        if canonical(made, key) != made:
            raise EvidenceError(f"{where} is signed in another form than the suite's, so it was changed")
    except (VerificationError, KeyError):
        raise EvidenceError(f"{where} does not verify with the key {described(key)}: {_why(envelope, key)}") from None


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
