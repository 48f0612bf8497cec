"""Violations of sendBuffer and getBuffer."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

from osia_reference.app import Server
from osia_reference.calls import Call
from osia_reference.enrollments import Enrollments
from osia_reference.replies import Refusal, Reply
from osia_reference.store import Store, StoredBuffer
from tests.harness.variant import Violation

KIB = 1024


async def whole(data: AsyncIterator[bytes]) -> bytes:
    return b"".join([piece async for piece in data])


async def at_once(data: bytes) -> AsyncIterator[bytes]:
    yield data


def kept_as(name: str, change: str, kept: Callable[[bytes], bytes], expected: str = "ENR-BUFFER-01") -> Violation:
    """A server that keeps something else than it was sent."""

    class Changes(Enrollments):
        async def send_buffer(self, enrollment_id: str, media_type: str, data: AsyncIterator[bytes]) -> str:
            return await super().send_buffer(enrollment_id, media_type, at_once(kept(await whole(data))))

    declared = ("ENR-APART-01-*",)  # where bytes that do not come back show, too
    return Violation(f"buffers-{name}", change, {"enrollments": Changes}, expected=(expected,), declared=declared)


def as_json(data: bytes) -> bytes:
    try:
        return json.dumps(json.loads(data)).encode()
    except ValueError:
        return data


def first_part(data: bytes) -> bytes:
    return data.split(b"\r\n\r\n")[1].removesuffix(b"\r\n--boundary--\r\n") if data[:2] == b"--" else data


class KeepsTheLastOnly(Enrollments):
    async def send_buffer(self, enrollment_id: str, media_type: str, data: AsyncIterator[bytes]) -> str:
        self.store.delete_buffers(enrollment_id)
        return await super().send_buffer(enrollment_id, media_type, data)


class HasOneIdEach(KeepsTheLastOnly):
    def new_buffer_id(self, enrollment_id: str) -> str:
        return f"{enrollment_id}-buffer"


class AnswersTheFirst(Store):
    """Whatever buffer of an enrollment is asked for, its first one comes."""

    def get_buffer(self, enrollment_id: str, buffer_id: str) -> StoredBuffer | None:
        if super().get_buffer(enrollment_id, buffer_id) is None:
            return None
        query = "SELECT id FROM buffer WHERE enrollment = ? ORDER BY rowid"
        (first,) = self._execute(query, (enrollment_id,)).fetchone()
        return super().get_buffer(enrollment_id, first)


class IgnoresTheEnrollment(Store):
    def get_buffer(self, enrollment_id: str, buffer_id: str) -> StoredBuffer | None:
        row = self._execute("SELECT enrollment FROM buffer WHERE id = ?", (buffer_id,)).fetchone()
        return super().get_buffer(row[0], buffer_id) if row else None


class AnswersAnyOfItsOwn(Store):
    """An unknown buffer id leads to some buffer of the enrollment."""

    def get_buffer(self, enrollment_id: str, buffer_id: str) -> StoredBuffer | None:
        if buffer := super().get_buffer(enrollment_id, buffer_id):
            return buffer
        row = self._execute("SELECT id FROM buffer WHERE enrollment = ?", (enrollment_id,)).fetchone()
        return super().get_buffer(enrollment_id, row[0]) if row else None


class AnswersOthersEmpty(Store):
    def get_buffer(self, enrollment_id: str, buffer_id: str) -> StoredBuffer | None:
        if buffer := super().get_buffer(enrollment_id, buffer_id):
            return buffer
        row = self._execute("SELECT 1 FROM buffer WHERE id = ?", (buffer_id,)).fetchone()
        known = self.get(enrollment_id) is not None
        return StoredBuffer("", "application/octet-stream", 0) if row and known else None


class AnswersUnknownEmpty(Enrollments):
    def get_buffer(self, enrollment_id: str, buffer_id: str) -> StoredBuffer:
        known = self.store.get(enrollment_id) is not None
        buffer = self.store.get_buffer(enrollment_id, buffer_id)
        if known and buffer is None:
            return StoredBuffer("", "application/octet-stream", 0)
        return super().get_buffer(enrollment_id, buffer_id)


def unknown_answers(status: int) -> Violation:
    """A server that answers an unknown buffer of a known enrollment with `status`."""

    class Answers(Enrollments):
        def get_buffer(self, enrollment_id: str, buffer_id: str) -> StoredBuffer:
            self.existing(enrollment_id)
            if self.store.get_buffer(enrollment_id, buffer_id) is None:
                raise Refusal(status, "There is no such buffer.")
            return super().get_buffer(enrollment_id, buffer_id)

    return Violation(
        f"buffers-answer-unknown-ids-{status}",
        f"A buffer id that does not exist answers {status}.",
        {"enrollments": Answers},
        expected=("ENR-BUFFER-04",),
        declared=() if status < 500 else ("ENR-GENERATED-02-BUFREAD",),
    )


def before_the_create(status: int) -> Violation:
    """A server that refuses a buffer of an enrollment that is not there yet with `status`."""

    class Refuses(Enrollments):
        def check_buffer_allowed(self, enrollment_id: str) -> None:
            if self.store.get(enrollment_id) is None:
                raise Refusal(status, "There is no such enrollment.")
            super().check_buffer_allowed(enrollment_id)

    return Violation(
        f"buffers-before-the-create-answer-{status}",
        f"A buffer for an enrollment that does not exist yet answers {status}.",
        {"enrollments": Refuses},
        expected=("ENR-BUFFER-05",),
    )


class LosesEarlyBuffers(Enrollments):
    """Buffers are taken before the create, which then drops them."""

    def check_buffer_allowed(self, enrollment_id: str) -> None:
        if self.store.get(enrollment_id) is not None:
            super().check_buffer_allowed(enrollment_id)

    def create(self, enrollment_id: str, body: Any, *, finalize: bool = False) -> None:
        super().create(enrollment_id, body, finalize=finalize)
        self.store.delete_buffers(enrollment_id)


class FailsOnEmpty(Enrollments):
    async def send_buffer(self, enrollment_id: str, media_type: str, data: AsyncIterator[bytes]) -> str:
        sent = await whole(data)
        if not sent[0:1]:
            raise IndexError("no first byte")
        return await super().send_buffer(enrollment_id, media_type, at_once(sent))


class ForgetsEmpty(Store):
    def get_buffer(self, enrollment_id: str, buffer_id: str) -> StoredBuffer | None:
        buffer = super().get_buffer(enrollment_id, buffer_id)
        return buffer if buffer and buffer.size else None


class PadsEmpty(Enrollments):
    async def send_buffer(self, enrollment_id: str, media_type: str, data: AsyncIterator[bytes]) -> str:
        return await super().send_buffer(enrollment_id, media_type, at_once(await whole(data) or b"\0"))


def large(name: str, change: str, status: int) -> Violation:
    """A server that refuses a buffer of one MiB with `status`."""

    class Refuses(Enrollments):
        async def send_buffer(self, enrollment_id: str, media_type: str, data: AsyncIterator[bytes]) -> str:
            sent = await whole(data)
            if len(sent) > 512 * KIB:
                raise Refusal(status, "The buffer is too large.")
            return await super().send_buffer(enrollment_id, media_type, at_once(sent))

    return Violation(f"buffers-{name}", change, {"enrollments": Refuses}, expected=("ENR-BUFFER-07",))


class Changing(Enrollments):
    """Sending a buffer changes the enrollment, too."""

    def change(self, enrollment_id: str, buffer_id: str) -> None:
        raise NotImplementedError

    async def send_buffer(self, enrollment_id: str, media_type: str, data: AsyncIterator[bytes]) -> str:
        buffer_id = await super().send_buffer(enrollment_id, media_type, data)
        self.change(enrollment_id, buffer_id)
        return buffer_id


class FinalizesWithBuffers(Changing):
    def change(self, enrollment_id: str, buffer_id: str) -> None:
        self.finalize(enrollment_id)


class PutsBuffersIntoTheData(Changing):
    def change(self, enrollment_id: str, buffer_id: str) -> None:
        current = self.existing(enrollment_id)
        item = {"biometricType": "UNKNOWN", "imageRef": f"urn:buffer:{buffer_id}"}
        self.keep(current, {**current, "biometricData": [*current.get("biometricData", ()), item]}, finalize=False)


class EmptiesTheBiometrics(Changing):
    def change(self, enrollment_id: str, buffer_id: str) -> None:
        current = self.existing(enrollment_id)
        self.keep(current, {**current, "biometricData": []}, finalize=False)


def named(name: str, change: str, body: Callable[[str], Any]) -> Violation:
    """A server whose answer to a buffer is `body` of its id."""

    class Names(Server):
        async def send_buffer(self, call: Call) -> Reply:
            reply = await super().send_buffer(call)
            return Reply(reply.status, body(reply.body["bufferId"]))

    return Violation(
        f"buffers-{name}",
        change,
        {"server": Names},
        expected=("ENR-BUFFER-09",),
        declared=("ENR-GENERATED-01-BUFWRITE",),
    )


class DropsBuffersWithPatches(Enrollments):
    def patch(self, enrollment_id: str, body: Any, *, finalize: bool = False) -> None:
        super().patch(enrollment_id, body, finalize=finalize)
        self.store.delete_buffers(enrollment_id)


class DropsBuffersWithUpdates(Enrollments):
    def update(self, enrollment_id: str, body: Any, *, finalize: bool = False) -> None:
        super().update(enrollment_id, body, finalize=finalize)
        self.store.delete_buffers(enrollment_id)


def part(number: str, name: str, change: str, **parts: type) -> Violation:
    return Violation(f"buffers-{name}", change, parts, expected=(f"ENR-BUFFER-{number}",), declared=("ENR-APART-01-*",))


VIOLATIONS = [
    kept_as("end-at-64-kib", "A buffer is cut off after 64 KiB.", lambda data: data[: 64 * KIB]),
    kept_as("end-below-64-kib", "A buffer is cut off after 65535 bytes.", lambda data: data[: 64 * KIB - 1]),
    kept_as(
        "are-decoded",
        "A buffer is decoded as UTF-8, what cannot be is replaced.",
        lambda data: data.decode("utf-8", "replace").encode("utf-8"),
    ),
    kept_as(
        "are-encoded-twice",
        "Each byte of a buffer is taken for a character and written as UTF-8.",
        lambda data: data.decode("latin-1").encode("utf-8"),
    ),
    kept_as("have-unix-lines", "CRLF becomes LF.", lambda data: data.replace(b"\r\n", b"\n")),
    kept_as("lose-a-last-nul", "NUL bytes at the end are taken off.", lambda data: data.rstrip(b"\0")),
    kept_as("end-at-a-nul", "A buffer ends before its first NUL byte.", lambda data: data.split(b"\0")[0]),
    kept_as("are-stripped", "White space at both ends is taken off.", bytes.strip),
    kept_as("are-parsed-as-json", "A buffer that is JSON is written anew.", as_json),
    kept_as("are-parsed-as-multipart", "Of multipart data only the first part is kept.", first_part),
    kept_as("come-as-base64", "A buffer is answered as base64.", base64.b64encode),
    kept_as(
        "end-at-512-kib",
        "A buffer is cut off after 512 KiB.",
        lambda data: data[: 512 * KIB],
        "ENR-BUFFER-07",
    ),
    large("of-a-mebibyte-are-bad", "A buffer of one MiB is refused with 400.", 400),
    large("of-a-mebibyte-crash", "A buffer of one MiB ends in a server error.", 500),
    part("02", "replace-each-other", "A second buffer removes the first.", enrollments=KeepsTheLastOnly),
    part("02", "have-one-id", "All buffers of an enrollment have one id.", enrollments=HasOneIdEach),
    part("02", "are-all-the-first", "Each id leads to the first buffer.", store=AnswersTheFirst),
    part("03", "are-open-to-others", "Any enrollment's id leads to a buffer.", store=IgnoresTheEnrollment),
    part("03", "are-empty-to-others", "Another enrollment's buffer is empty.", store=AnswersOthersEmpty),
    part("04", "are-empty-if-unknown", "An unknown buffer is empty.", enrollments=AnswersUnknownEmpty),
    part("04", "stand-in-for-unknown", "An unknown id leads to another buffer.", store=AnswersAnyOfItsOwn),
    *(unknown_answers(status) for status in (204, 400, 500)),
    *(before_the_create(status) for status in (400, 500)),
    part("05", "are-lost-by-the-create", "A create drops earlier buffers.", enrollments=LosesEarlyBuffers),
    part("06", "crash-when-empty", "An empty buffer ends in a server error.", enrollments=FailsOnEmpty),
    part("06", "are-forgotten-when-empty", "An empty buffer is taken and not found.", store=ForgetsEmpty),
    part("06", "are-padded-when-empty", "An empty buffer becomes a NUL byte.", enrollments=PadsEmpty),
    part("08", "finalize", "A buffer finalizes its enrollment.", enrollments=FinalizesWithBuffers),
    part("08", "become-biometrics", "A buffer is added to the data.", enrollments=PutsBuffersIntoTheData),
    part("08", "empty-the-biometrics", "A buffer empties biometricData.", enrollments=EmptiesTheBiometrics),
    named("are-named-by-numbers", "The bufferId is a number.", lambda name: {"bufferId": int(name, 16)}),
    named("are-named-plainly", "The answer is the id itself, not an object.", lambda name: name),
    named("are-named-otherwise", "The id comes as id, not as bufferId.", lambda name: {"id": name}),
    named("have-empty-names", "The bufferId is an empty text.", lambda name: {"bufferId": ""}),
    named("are-not-named", "The answer is an empty object.", lambda name: {}),
    part("10", "go-with-a-patch", "A patch drops the buffers.", enrollments=DropsBuffersWithPatches),
    part("10", "go-with-an-update", "An update drops the buffers.", enrollments=DropsBuffersWithUpdates),
]
