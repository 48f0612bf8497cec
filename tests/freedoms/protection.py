"""What a server may do with protected data and stay conformant (from 1.3.0)."""

import base64
import binascii
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from osia_conformance.checks.crypto.bodies import INTEGRITY_OWNERS, node_of_schema
from osia_conformance.checks.crypto.integrity import broken_hashes, integrity_blocks
from osia_reference.enrollments import Enrollments
from osia_reference.replies import Refusal
from osia_reference.store import Record
from tests.freedoms import Showing
from tests.harness.variant import Freedom

Json = dict[str, Any]
CLOSED = ("contextualData", "requestData", "enrollmentFlags")


def reshaped(value: Any, change: Callable[[str, Any], Any], name: str = "") -> Any:
    """Return a JSON value, its members in another order and each scalar changed by its name and value."""
    if isinstance(value, dict):
        return {key: reshaped(value[key], change, key) for key in sorted(value, reverse=True)}
    if isinstance(value, list):
        return [reshaped(each, change, name) for each in value]
    return change(name, value)


def normal(name: str, value: Any) -> Any:
    """Return a scalar in another of its forms: base64 in lines, date-times in UTC, numbers with a fraction."""
    if name in ("image", "template", "data"):
        return in_lines(value)
    if name == "captureDate":
        return datetime.fromisoformat(value).astimezone(UTC).isoformat()
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def in_lines(text: str) -> str:
    try:
        return base64.encodebytes(base64.b64decode("".join(text.split()), validate=True)).decode()
    except (binascii.Error, ValueError):
        return text


class OtherForms(Showing):
    def shown(self, record: Record) -> Record:
        changed: Record = reshaped(record, normal)
        return changed


class AddsDefaults(Showing):
    """Blocks are answered with the schema's defaults, biometric data with a quality of the server's own."""

    def shown(self, record: Record) -> Record:
        completed: Record = self.completed(record)
        for item in completed.get("biometricData", []):
            item.setdefault("quality", 71)
            item.setdefault("qualityFormat", "NFIQ2")
        return completed

    def defaults(self) -> Json:
        following = {"followRef": False} if self.specification.version == "1.3.0" else {}
        return {"type": "NONE", "encrypted": False, **following}

    def completed(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self.completed(each) for each in value]
        if not isinstance(value, dict):
            return value
        defaults = self.defaults() if {"scope", "hash"} <= set(value) else {}
        return {**defaults, **{name: self.completed(each) for name, each in value.items()}}


class Verifies(Enrollments):
    """Refuses what is not what its hashes say, by the standard's procedure."""

    def validate(self, operation: str, body: Any) -> None:
        super().validate(operation, body)
        if operation == "createEnrollment":
            for schema in INTEGRITY_OWNERS:
                self.verify(node_of_schema(body, schema))

    def verify(self, owner: Any) -> None:
        clear = [block for block in integrity_blocks(owner) if "encryption" not in owner or block.get("encrypted")]
        if broken_hashes(owner, clear):
            raise Refusal(400, "A hash does not verify.")


class ClosesSome(Enrollments):
    """Needs some of the extensible blocks in clear."""

    def validate(self, operation: str, body: Any) -> None:
        super().validate(operation, body)
        if isinstance(body, dict) and any(isinstance(body.get(name), str) for name in CLOSED):
            raise Refusal(400, "This is needed in clear.")


class CodedCredentials(Enrollments):
    """Takes a credential in base64 only."""

    def validate(self, operation: str, body: Any) -> None:
        super().validate(operation, body)
        part = node_of_schema(body, "DOCUMENTPART")
        if part.get("mimeType", "").startswith("application/vc") and in_lines(part["data"]) == part["data"]:
            raise Refusal(400, "A buffer is base64.")


class ClearCredentials(Enrollments):
    """Takes a credential as text only."""

    def validate(self, operation: str, body: Any) -> None:
        super().validate(operation, body)
        part = node_of_schema(body, "DOCUMENTPART")
        if part.get("mimeType", "").startswith("application/vc") and in_lines(part["data"]) != part["data"]:
            raise Refusal(400, "A credential is text.")


def blocks_in(value: Any) -> Iterator[tuple[Json, Json]]:
    """Yield each integrity and encryption block in a JSON value, with the object that holds it."""
    if isinstance(value, list):
        for each in value:
            yield from blocks_in(each)
    if isinstance(value, dict):
        integrity = value.get("integrity")
        found = [*(integrity if isinstance(integrity, list) else []), value.get("encryption")]
        yield from ((block, value) for block in found if isinstance(block, dict))
        for each in value.values():
            yield from blocks_in(each)


class OneForm(Enrollments):
    """Takes blocks that keep to `fits` only."""

    def fits(self, block: Json, owner: Json) -> bool:
        raise NotImplementedError

    def validate(self, operation: str, body: Any) -> None:
        super().validate(operation, body)
        if not all(self.fits(block, owner) for block, owner in blocks_in(body)):
            raise Refusal(400, "This form is not taken.")


class RootedScopes(OneForm):
    def fits(self, block: Json, owner: Json) -> bool:
        return all(path.startswith("$") for path in str(block.get("scope")).split())


class CodedCiphertexts(OneForm):
    """Takes ciphertexts in base64 only, as up to 1.2.1."""

    def fits(self, block: Json, owner: Json) -> bool:
        return all(in_lines(text) != text for text in ciphertexts(block, owner))


class ArmouredCiphertexts(OneForm):
    """Takes a PKCS7 ciphertext as PEM only."""

    def fits(self, block: Json, owner: Json) -> bool:
        of_pkcs7 = ciphertexts(block, owner) if block.get("type") == "PKCS7" else []
        return all(text.startswith("-----BEGIN") for text in of_pkcs7)


class RootedAndCoded(CodedCiphertexts):
    def fits(self, block: Json, owner: Json) -> bool:
        return super().fits(block, owner) and str(block.get("scope")).startswith("$")


def ciphertexts(block: Json, owner: Json) -> list[str]:
    """Return the values that an encryption block is about, references apart."""
    names = [path.removeprefix("$.") for path in str(block.get("scope")).split()] if "hash" not in block else []
    return [owner[name] for name in names if isinstance(owner.get(name), str) and not name.endswith("Ref")]


FORMS = (
    ("scopes-from-the-root", "The paths of scopes begin with $, or are refused.", RootedScopes),
    ("ciphertexts-in-base64", "A ciphertext that is not in base64 is refused.", CodedCiphertexts),
    ("ciphertexts-in-pem", "A PKCS7 ciphertext that is no PEM is refused.", ArmouredCiphertexts),
    ("rooted-and-coded", "Scopes begin with $ and ciphertexts are base64, or are refused.", RootedAndCoded),
)
FREEDOMS = [
    *(
        Freedom(
            f"protection-{name}",
            change,
            {"enrollments": part},
            versions=">=1.3.0",
            rulings=("RUL-FORMS",),
            may=("RUL-RANDOM-DATA", "RUL-ENCRYPTION"),
        )
        for name, change, part in FORMS
    ),
    Freedom(
        "credentials-as-text",
        "A credential is taken as text only.",
        {"enrollments": ClearCredentials},
        versions=">=1.3.0",
        rulings=("RUL-RANDOM-DATA",),
    ),
    Freedom(
        "protected-in-other-forms",
        "Dates, numbers and base64 beside what is hashed are answered in other forms, members in another order.",
        {"server": OtherForms},
        versions=">=1.3.0",
    ),
    Freedom(
        "protected-with-defaults",
        "Integrity blocks are answered with defaults, biometric data with a quality.",
        {"server": AddsDefaults},
        versions=">=1.3.0",
    ),
    Freedom(
        "protection-verified",
        "Enrollments whose hashes are wrong are refused.",
        {"enrollments": Verifies},
        versions=">=1.3.0",
        may=("RUL-RANDOM-DATA",),
    ),
    Freedom(
        "encryption-of-some-blocks",
        "Only biographic data are taken encrypted.",
        {"enrollments": ClosesSome},
        versions=">=1.3.0",
        rulings=("RUL-ENCRYPTION", "RUL-RANDOM-DATA"),
    ),
    Freedom(
        "credentials-in-base64",
        "A credential is taken in base64 only.",
        {"enrollments": CodedCredentials},
        versions=">=1.3.0",
        rulings=("RUL-RANDOM-DATA",),
    ),
]
