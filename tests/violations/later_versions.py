"""Violations of what later versions added: members, media types, digests, conflicts."""

import base64
import hashlib
from collections.abc import AsyncIterator, Callable
from typing import Any

from osia_reference.app import Server
from osia_reference.buffers import parsed_digests
from osia_reference.calls import Call
from osia_reference.enrollments import Enrollments
from osia_reference.replies import Refusal, Reply
from osia_reference.store import StoredBuffer
from tests.freedoms import Recoding
from tests.harness.remembering import Remembering
from tests.harness.variant import Violation
from tests.violations.kept_lists import storing_items
from tests.violations.kept_values import stored

Item = dict[str, Any]


def items(change: Callable[[Item], Item]) -> Callable[[list[Any]], list[Any]]:
    return lambda group: [change(item) for item in group]


def without(name: str) -> Callable[[Item], Item]:
    return lambda item: {key: value for key, value in item.items() if key != name}


def altered(name: str, change: Callable[[Any], Any]) -> Callable[[Item], Item]:
    return lambda item: {**item, name: change(item[name])} if name in item else item


def in_parts(change: Callable[[Item], Item]) -> Callable[[Item], Item]:
    return lambda item: {**item, "parts": [change(part) for part in item.get("parts", [])]}


MEMBERS = [
    *(
        stored(
            f"kept-without-{name.lower()}",
            f"{name} of biometric data is not stored.",
            storing_items("biometricData", items(without(name))),
            f"ENR-CREATE-{number}",
            declared=("ENR-ANSWER-*",),
        )
        for number, names in (
            ("21", ("instance", "missing", "metadata", "comment")),
            ("22", ("template", "templateRef", "templateFormat", "quality", "qualityFormat", "algorithm", "vendor")),
        )
        for name in names
    ),
    stored(
        "kept-as-amputated",
        "Whatever is missing is stored as amputated.",
        storing_items(
            "biometricData",
            items(altered("missing", lambda them: [{**one, "presence": "AMPUTATED"} for one in them])),
        ),
        "ENR-CREATE-21",
    ),
    stored(
        "kept-without-other-words",
        "What an OTHER document is, is not stored.",
        storing_items("documentData", items(without("documentTypeOther"))),
        "ENR-CREATE-20",
    ),
    stored(
        "kept-as-invoice",
        "A certificate of birth is stored as an invoice.",
        storing_items(
            "documentData",
            items(altered("documentType", lambda kind: "INVOICE" if kind == "BIRTH_CERTIFICATE" else kind)),
        ),
        "ENR-CREATE-20",
    ),
    stored(
        "kept-without-offset",
        "The offset of a capture date is dropped.",
        storing_items("biometricData", items(altered("captureDate", lambda date: date[:19] + "Z"))),
        "ENR-CREATE-23",
        versions=">=1.2.0",
    ),
    stored(
        "kept-to-the-minute",
        "The capture date of a page is cut to the minute.",
        storing_items(
            "documentData", items(in_parts(altered("captureDate", lambda date: f"{date[:17]}00{date[19:]}")))
        ),
        "ENR-CREATE-23",
        versions=">=1.2.0",
    ),
]


class NoConflict(Recoding):
    codes = {("createEnrollment", 409): 404}


class BadConflict(Recoding):
    codes = {("createEnrollment", 409): 400}


class DeletesAnything(Enrollments):
    def delete(self, enrollment_id: str) -> None:
        self.store.delete(enrollment_id)


class DeletesTwice(Remembering):
    def delete(self, enrollment_id: str) -> None:
        if enrollment_id not in self.kept:
            super().delete(enrollment_id)
        self.kept[enrollment_id] = True


CODES = [
    Violation(
        "create-again-is-not-found",
        "A second create is refused with 404, as in 1.2.0.",
        {"server": NoConflict},
        expected=("ENR-CREATE-19",),
    ),
    Violation(
        "create-again-is-bad",
        "A second create is refused with 400.",
        {"server": BadConflict},
        expected=("ENR-CREATE-19",),
    ),
    Violation(
        "delete-of-nothing-is-done",
        "Deleting an unknown enrollment answers 204.",
        {"enrollments": DeletesAnything},
        expected=("ENR-UNKNOWN-01-DELETE",),
        declared=("ENR-GENERATED-01-DELETE",),
    ),
    Violation(
        "delete-again-is-done",
        "Deleting a deleted enrollment answers 204.",
        {"enrollments": DeletesTwice},
        expected=("ENR-DELETE-05",),
    ),
]


class OctetsOnly(Server):
    async def get_buffer(self, call: Call) -> Reply:
        reply = await super().get_buffer(call)
        reply.headers["Content-Type"] = "application/octet-stream"
        return reply


class KnownTypes(Server):
    """Other types than these are kept as octets."""

    def buffer_type(self, call: Call) -> str:
        kind = super().buffer_type(call)
        return kind if kind in ("image/png", "application/octet-stream") else "application/octet-stream"


class RefusesTypes(Server):
    def buffer_type(self, call: Call) -> str:
        kind = super().buffer_type(call)
        if kind not in ("image/png", "application/octet-stream"):
            raise Refusal(400, "This type is not known.")
        return kind


class NeverChecks(Server):
    def checked(self, call: Call, data: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        return data


class RefusesDigests(Server):
    def checked(self, call: Call, data: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        if call.request.headers.get("digest"):
            raise Refusal(400, "Digest is not supported.")
        return data


class ExactNames(Server):
    """Algorithms are known by their names in capitals only."""

    def checked(self, call: Call, data: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        name = call.request.headers.get("digest", "SHA=").partition("=")[0]
        if name != name.upper():
            raise Refusal(400, "This algorithm is not known.")
        return super().checked(call, data)


class CrashesForDigests(Server):
    def checked(self, call: Call, data: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        for algorithm, _ in parsed_digests(call.request.headers.getlist("digest")):
            if algorithm == "sha512":
                raise KeyError(algorithm)
        return super().checked(call, data)


class HexDigests(Server):
    def digest(self, buffer: StoredBuffer) -> str:
        data = b"".join(self.enrollments.buffer_bytes(buffer))
        return f"SHA-256={hashlib.sha256(data).hexdigest()}"


class MisnamedDigests(Server):
    def digest(self, buffer: StoredBuffer) -> str:
        data = b"".join(self.enrollments.buffer_bytes(buffer))
        return f"SHA={base64.b64encode(hashlib.sha256(data).digest()).decode('ascii')}"


class ShortDigests(Server):
    """Only the first bytes are hashed."""

    def digest(self, buffer: StoredBuffer) -> str:
        data = b"".join(self.enrollments.buffer_bytes(buffer))[:64]
        return f"md5={base64.b64encode(hashlib.md5(data).digest()).decode('ascii')}"


def buffers(name: str, change: str, server: type[Server], *expected: str, declared: tuple[str, ...] = ()) -> Violation:
    return Violation(f"buffers-{name}", change, {"server": server}, expected=expected, declared=declared)


BUFFERS = [
    buffers("are-octets", "Every buffer is answered as octets.", OctetsOnly, "ENR-BUFFER-11"),
    buffers("of-unknown-types-are-octets", "Only PNG keeps its type.", KnownTypes, "ENR-BUFFER-12"),
    buffers("of-unknown-types-are-bad", "Types other than PNG are refused with 400.", RefusesTypes, "ENR-BUFFER-12"),
    buffers("are-not-checked", "A Digest is not looked at.", NeverChecks, "ENR-DIGEST-02"),
    buffers("refuse-digests", "A buffer with a Digest is refused.", RefusesDigests, "ENR-DIGEST-01"),
    buffers("know-capitals-only", "Digest algorithms are compared with their case.", ExactNames, "ENR-DIGEST-01"),
    buffers("crash-for-sha-512", "A Digest by SHA-512 is a server error.", CrashesForDigests, "ENR-DIGEST-01"),
    buffers("have-hex-digests", "The Digest is in hexadecimal.", HexDigests, "ENR-DIGEST-03"),
    buffers("have-misnamed-digests", "The Digest says SHA for SHA-256.", MisnamedDigests, "ENR-DIGEST-03"),
    buffers("have-short-digests", "The Digest covers 64 bytes.", ShortDigests, "ENR-DIGEST-03"),
]
VIOLATIONS = [*MEMBERS, *CODES, *BUFFERS]
