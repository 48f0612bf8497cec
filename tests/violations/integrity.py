"""Violations of integrity blocks (from 1.3.0): lost, rewritten, or no longer those of what is answered."""

import hashlib
from collections.abc import Callable
from typing import Any

from osia_reference.enrollments import Enrollments
from osia_reference.replies import Refusal
from osia_reference.store import Record
from tests.freedoms import Showing
from tests.harness.variant import Violation
from tests.violations.create_values import storing

Json = dict[str, Any]
Change = Callable[[Json], Json]


def in_records(change: Change) -> Change:
    return change


def in_biometrics(change: Change) -> Change:
    """Return the change of a record that changes each of its biometric data."""
    return lambda record: {**record, "biometricData": [change(each) for each in record.get("biometricData", [])]}


def in_documents(change: Change) -> Change:
    """Return the change of a record that changes each of its documents."""
    return lambda record: {**record, "documentData": [change(each) for each in record.get("documentData", [])]}


def in_parts(change: Change) -> Change:
    """Return the change of a record that changes each part of its documents."""
    return in_documents(lambda each: {**each, "parts": [change(part) for part in each["parts"]]})


def everywhere(change: Change) -> Change:
    """Return the change of a record that changes each object that can hold integrity blocks."""
    changes = [place(change) for place in (in_parts, in_documents, in_biometrics, in_records)]

    def changed(record: Json) -> Json:
        for one in changes:
            record = one(record)
        return record

    return changed


def blocks(change: Callable[[list[Json]], list[Json]]) -> Change:
    """Return the change of an object that changes its list of blocks, if it has one."""
    return lambda owner: {**owner, "integrity": change(owner["integrity"])} if "integrity" in owner else owner


def each_block(change: Change) -> Change:
    """Return the change of an object that changes each of its blocks."""
    return blocks(lambda found: [change(block) for block in found])


def member(name: str, change: Callable[[Any], Any]) -> Change:
    """Return the change of an object that changes one member, if it is there."""
    return lambda owner: {**owner, name: change(owner[name])} if name in owner else owner


def without(name: str) -> Change:
    """Return the change of an object that loses one member."""
    return lambda owner: {key: value for key, value in owner.items() if key != name}


def if_guarded(change: Change) -> Change:
    """Return the change of an object that changes it only if it holds blocks."""
    return lambda owner: change(owner) if owner.get("integrity") else owner


def shouted(block: Json) -> Json:
    return {**block, "hash": block["hash"].upper()}


def own_hash(block: Json) -> Json:
    return {**block, "hash": hashlib.sha256(block["scope"].encode()).hexdigest()}


def escaped(scope: str) -> str:
    return scope.replace("'", "&#39;")


def ordinary_base64(signature: str) -> str:
    """What a decoder that reads base64url as base64 makes of a JWS, and leaves of a PEM."""
    return signature if signature.startswith("-----") else signature.translate(str.maketrans("-_", "+/"))


def without_armour(signature: str) -> str:
    return "".join(line for line in signature.splitlines() if not line.startswith("-----"))


class NoBlocksInParts(Enrollments):
    """Has a schema of its own for parts, without integrity."""

    def validate(self, operation: str, body: Any) -> None:
        super().validate(operation, body)
        documents = body.get("documentData", []) if isinstance(body, dict) else []
        if any("integrity" in part for document in documents for part in document["parts"]):
            raise Refusal(400, "A part has no member integrity.")


class UpdateKeepsBlocks(Enrollments):
    def replace(self, current: Record, body: Record) -> Record:
        return {**body, "integrity": current["integrity"]} if "integrity" in current else body


class PatchKeepsBlocks(Enrollments):
    def merge(self, current: Record, patch: Any) -> Any:
        merged = super().merge(current, patch)
        return {**merged, "integrity": current["integrity"]} if "integrity" in current else merged


class PatchAddsBlocks(Enrollments):
    def merge(self, current: Record, patch: Any) -> Any:
        merged = super().merge(current, patch)
        if "integrity" in current and "integrity" in merged:
            return {**merged, "integrity": [*current["integrity"], *patch.get("integrity", [])]}
        return merged


class FindsOtherBlocks(Showing):
    def answer(self, call: Any, reply: Any) -> Any:
        return super().answer(call, reply) if call.operation.name == "findEnrollments" else reply

    def shown(self, record: Record) -> Record:
        return everywhere(each_block(shouted))(record)


STORED = (
    ("integrity-lost", "Integrity blocks of the enrollment are lost.", without("integrity"), "01-ENROLLMENT"),
    (
        "integrity-lost-in-biometrics",
        "Integrity blocks of biometric data are lost.",
        in_biometrics(without("integrity")),
        "01-BIOMETRICDATA",
    ),
    (
        "integrity-lost-in-documents",
        "Integrity blocks of documents are lost.",
        in_documents(without("integrity")),
        "01-DOCUMENTDATA",
    ),
    (
        "integrity-lost-in-parts",
        "Integrity blocks of document parts are lost.",
        in_parts(without("integrity")),
        "01-DOCUMENTPART",
    ),
    (
        "integrity-hash-in-capitals",
        "Hashes are kept in capital hex.",
        everywhere(each_block(shouted)),
        "01-*",
    ),
    ("integrity-hash-replaced", "Hashes are taken anew, of the wrong text.", everywhere(each_block(own_hash)), "01-*"),
    ("integrity-one-block", "Of several blocks the first is kept.", everywhere(blocks(lambda all_: all_[:1])), "01-*"),
    (
        "integrity-biographics-in-capitals",
        "Last names of enrollments with integrity blocks are kept in capitals.",
        if_guarded(member("biographicData", member("lastName", str.upper))),
        "02",
    ),
    (
        "integrity-device-cut",
        "The capture device of biometric data with integrity blocks is cut.",
        in_biometrics(if_guarded(member("captureDevice", lambda text: text[:8]))),
        "02",
    ),
    (
        "integrity-quotes-escaped",
        "Quotes in scopes are kept as character references.",
        everywhere(each_block(member("scope", escaped))),
        "03",
    ),
    (
        "integrity-jws-as-base64",
        "A JWS is kept in another alphabet.",
        everywhere(each_block(member("signature", ordinary_base64))),
        "06-JWS",
    ),
    (
        "integrity-pem-without-armour",
        "A PEM signature loses its first and last line.",
        everywhere(each_block(member("signature", without_armour))),
        "06-PKCS7",
    ),
    (
        "integrity-signature-cut",
        "Signatures are cut after 255 characters.",
        everywhere(each_block(member("signature", lambda text: text[:255]))),
        "06-*",
    ),
    (
        "integrity-signature-reference-lost",
        "signatureRef is lost.",
        everywhere(each_block(without("signatureRef"))),
        "07-SIGNATUREREF",
    ),
    (
        "integrity-reference-flag-off",
        "followRef is kept as false.",
        everywhere(each_block(member("followRef", lambda flag: False))),
        "07-FOLLOWREF",
    ),
)
SERVED = (
    (
        "integrity-refused-in-parts",
        "Integrity blocks of document parts are refused.",
        {"enrollments": NoBlocksInParts},
        "01-DOCUMENTPART",
    ),
    (
        "integrity-update-keeps-blocks",
        "An update leaves integrity blocks as they were.",
        {"enrollments": UpdateKeepsBlocks},
        "04-UPDATE",
    ),
    (
        "integrity-patch-keeps-blocks",
        "A patch leaves integrity blocks as they were.",
        {"enrollments": PatchKeepsBlocks},
        "04-PATCH",
    ),
    (
        "integrity-patch-adds-blocks",
        "A patch adds its integrity blocks to those before.",
        {"enrollments": PatchAddsBlocks},
        "04-PATCH",
    ),
    (
        "integrity-found-in-capitals",
        "Enrollments that are found have hashes in capital hex.",
        {"server": FindsOtherBlocks},
        "05",
    ),
)

VIOLATIONS = [
    Violation(name, change, parts, expected=(f"ENR-INTEGRITY-{expected}",), versions=">=1.3.0")
    for name, change, parts, expected in (
        *((name, words, {"store": storing(change)}, expected) for name, words, change, expected in STORED),
        *SERVED,
    )
]
