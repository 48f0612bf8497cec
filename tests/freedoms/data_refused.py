"""Valid data that a rule of business refuses (rulings 10, 27 and 28)."""

import base64
import binascii
from collections.abc import Iterator
from typing import Any

from osia_reference.enrollments import FINALIZED, IN_PROGRESS, Enrollments
from osia_reference.replies import Refusal
from osia_reference.store import Record
from tests.freedoms.data import KnownBiographics, freedom
from tests.harness.variant import Freedom

DOCUMENT_TYPES = ("ID_CARD", "Passport", "PASSPORT", "INVOICE", "BIRTH_CERTIFICATE", "FORM", "OTHER")


class Ruled(Enrollments):
    """Refuses an enrollment that fits the schema but not the rule `fits`."""

    code = 400

    def fits(self, body: Any) -> bool:
        raise NotImplementedError

    def validate(self, operation: str, body: Any) -> None:
        super().validate(operation, body)
        if operation != "findEnrollments" and not self.fits(body):
            raise Refusal(self.code, "A rule of business does not allow it.")


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    if isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from texts(each)


class ShortTexts(Ruled):
    code = 413

    def fits(self, body: Any) -> bool:
        found = texts(body.get("biographicData"))
        return all(len(text) <= 100 and max(text, default=" ") < "\u0250" for text in found)


def images(body: Any) -> Iterator[str]:
    for item in body.get("biometricData", ()):
        yield item.get("image", "")
    for document in body.get("documentData", []):
        parts = (part for part in document["parts"] if part.get("mimeType", "image/").startswith("image/"))
        yield from (part.get("data", "") for part in parts)


class PngOnly(Ruled):
    code = 403

    def fits(self, body: Any) -> bool:
        try:
            data = [base64.b64decode("".join(image.split())) for image in images(body) if image]
        except binascii.Error:
            return False
        return all(each.startswith(b"\x89PNG") for each in data)


class DocumentImagesOnly(Ruled):
    """Biometric images would have to be in a format of ISO/IEC 19794."""

    def fits(self, body: Any) -> bool:
        return not any("image" in item or "imageRef" in item for item in body.get("biometricData", ()))


class OneOfEach(Ruled):
    def fits(self, body: Any) -> bool:
        kinds = [each["documentType"] for each in body.get("documentData", [])]
        requests = body.get("requestData", [])
        few = (not isinstance(requests, list) or len(requests) <= 1) and len(body.get("biometricData", ())) <= 10
        return few and len(kinds) == len(set(kinds))


class CitizensOnly(Ruled):
    def fits(self, body: Any) -> bool:
        return bool(body.get("enrollmentType", "citizen") == "citizen")


def part_of(subtype: str) -> str:
    if subtype.startswith("EYE"):
        return "IRIS"
    return "FACE" if subtype == "PORTRAIT" or subtype.endswith("PROFILE") else "FINGER"


class Agreeing(Ruled):
    """DocumentType is a closed list, a biometric's subtype part of its type, the status what the call leads to."""

    def fits(self, body: Any) -> bool:
        pairs = [(item["biometricType"], item.get("biometricSubType")) for item in body.get("biometricData", ())]
        parts = all(kind in ("UNKNOWN", "SIGNATURE") or part is None or part_of(part) == kind for kind, part in pairs)
        return parts and all(each["documentType"] in DOCUMENT_TYPES for each in body.get("documentData", []))

    def check(self, body: Any, *, finalize: bool) -> None:
        status = body.get("status", "") if isinstance(body, dict) else ""
        if status in (FINALIZED, IN_PROGRESS) and status != (FINALIZED if finalize else IN_PROGRESS):
            raise Refusal(400, "The status is another one.")

    def create(self, enrollment_id: str, body: Any, *, finalize: bool = False) -> None:
        self.check(body, finalize=finalize)
        super().create(enrollment_id, body, finalize=finalize)

    def update(self, enrollment_id: str, body: Any, *, finalize: bool = False) -> None:
        open_still = self.existing(enrollment_id)["status"] == IN_PROGRESS
        self.check(body, finalize=finalize or not open_still)
        super().update(enrollment_id, body, finalize=finalize)


def has_null(value: Any) -> bool:
    if isinstance(value, list):
        return None in value or any(map(has_null, value))
    return isinstance(value, dict) and any(map(has_null, value.values()))


class NoNulls(Ruled):
    def fits(self, body: Any) -> bool:
        return not has_null(body)


class KnownMembers(Ruled):
    """Each block has a schema of the server's own."""

    known = (
        *KnownBiographics.known,
        *("requestType", "deliveryPlace", "other", "timeout", "enrollmentDate"),
    )

    def fits(self, body: Any) -> bool:
        blocks = [body.get(name) for name in ("biographicData", "contextualData", "requestData", "enrollmentFlags")]
        return all(name in self.known for block in blocks if isinstance(block, dict) for name in block)


class UnknownTexts(Ruled):
    """A member that the server does not know is a text."""

    def fits(self, body: Any) -> bool:
        blocks = [body.get(name) for name in ("biographicData", "contextualData", "requestData", "enrollmentFlags")]
        unknown = (
            value
            for block in blocks
            for name, value in (block.items() if isinstance(block, dict) else ())
            if name not in KnownMembers.known
        )
        return all(isinstance(value, str) for value in unknown)


class KeepsPlain(Enrollments):
    """Of biographic members texts and numbers are kept alone."""

    def settled(self, enrollment_id: str, data: Record, status: str) -> Record:
        record = super().settled(enrollment_id, data, status)
        block = record.get("biographicData")
        if isinstance(block, dict):
            kept = {name: value for name, value in block.items() if not isinstance(value, bool | list | dict)}
            record["biographicData"] = kept
        return record


RANDOM = "RUL-RANDOM-DATA"
FREEDOMS = [
    freedom(
        "short-texts",
        "Biographic texts are Latin and at most 100 characters, or refused.",
        ShortTexts,
        RANDOM,
        may=("RUL-ENCRYPTION",),
    ),
    freedom("png-only", "Images other than PNG are refused with 403.", PngOnly, RANDOM, may=("RUL-ENCRYPTION",)),
    freedom("document-images-only", "Biometric images are refused.", DocumentImagesOnly, RANDOM),
    freedom("one-of-each", "One request, one document of a type, and ten biometrics at most.", OneOfEach, RANDOM),
    Freedom(
        "data-no-nulls",
        "null in a list is refused.",
        {"enrollments": NoNulls},
        rulings=("RUL-EXTENSIBLE",),
        versions="<1.3.0",
    ),
    freedom("citizens-only", "Another enrollmentType than citizen is refused.", CitizensOnly, RANDOM),
    freedom("agreeing", "Values must agree with each other, and DocumentType is a closed list.", Agreeing),
    Freedom(
        "data-unknown-texts",
        "An unknown member is a text, or refused, which 1.3.0 and later versions allow.",
        {"enrollments": UnknownTexts},
        versions=">=1.3.0",
        rulings=("RUL-EXTENSIBLE", "RUL-RANDOM-DATA"),
        inapplicable=("ENR-CREATE-12", "ENR-CREATE-13", "ENR-PATCH-06", "ENR-PATCH-08", "ENR-PATCH-09"),
    ),
    Freedom(
        "data-unknown-plain",
        "Of unknown members texts and numbers are kept, which 1.3.0 and later versions allow.",
        {"enrollments": KeepsPlain},
        versions=">=1.3.0",
        rulings=("RUL-EXTENSIBLE",),
        inapplicable=("ENR-CREATE-13",),
    ),
    Freedom(
        "data-refuses-unknown",
        "A block with a member that the server does not know is refused, which 1.3.0 and later versions allow.",
        {"enrollments": KnownMembers},
        versions=">=1.3.0",
        rulings=("RUL-EXTENSIBLE",),
        may=("RUL-RANDOM-DATA",),
        inapplicable=(
            *("ENR-CREATE-11", "ENR-CREATE-12", "ENR-CREATE-13"),
            *("ENR-PATCH-04", "ENR-PATCH-06", "ENR-PATCH-08", "ENR-PATCH-09"),
        ),
    ),
]
