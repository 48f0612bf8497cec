"""Violations by what enrollments, their buffers and their rows in a search share behind the interface."""

import hashlib
from collections.abc import AsyncIterator
from typing import Any

from osia_reference.enrollments import FINALIZED, IN_PROGRESS, Enrollments
from osia_reference.replies import Refusal
from osia_reference.search import Search
from osia_reference.store import Record, StoredBuffer
from tests.freedoms.buffers import Named
from tests.harness.variant import Violation


class LosesSharedBytes(Named):
    """Keeps equal bytes once, and deletes them with the first enrollment that has them."""

    def named(self, enrollment_id: str, data: bytes) -> str:
        return hashlib.sha256(data).hexdigest()

    def delete(self, enrollment_id: str) -> None:
        rows = self.store._execute("SELECT id FROM buffer WHERE enrollment = ?", (enrollment_id,)).fetchall()
        super().delete(enrollment_id)
        for (name,) in rows:
            self.store._execute("DELETE FROM buffer WHERE id LIKE ?", (f"%.{name.rpartition('.')[2]}",))


class NumbersBuffersForAll(Named):
    """Numbers the buffers of each enrollment from 1, and keeps one of each number."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self.counts: dict[str, int] = {}

    async def send_buffer(self, enrollment_id: str, media_type: str, data: AsyncIterator[bytes]) -> str:
        self.check_buffer_allowed(enrollment_id)
        self.counts[enrollment_id] = self.counts.get(enrollment_id, 0) + 1
        name = str(self.counts[enrollment_id])
        self.store._execute("DELETE FROM buffer WHERE id = ?", (name,))
        with self.store.writing("all", name, media_type) as append:
            async for piece in data:
                append(piece)
        return name

    def get_buffer(self, enrollment_id: str, buffer_id: str) -> StoredBuffer:
        if not buffer_id.isdigit() or int(buffer_id) > self.counts.get(enrollment_id, 0):
            raise Refusal(404, "There is no buffer of this number.")
        return Enrollments.get_buffer(self, "all", buffer_id)


class CreatesWithTheBuffer(Enrollments):
    """A buffer makes its enrollment, which then cannot be created any more."""

    def check_buffer_allowed(self, enrollment_id: str) -> None:
        if self.store.get(enrollment_id) is None:
            super().create(enrollment_id, {"status": IN_PROGRESS, "enrollmentType": "unknown", "biometricData": []})


class DeletesByPrefix(Enrollments):
    """Deletes whatever is stored under a key that begins with the id."""

    def delete(self, enrollment_id: str) -> None:
        super().delete(enrollment_id)
        for record in list(self.store.find([])):
            if record["enrollmentId"].startswith(enrollment_id):
                self.store.delete(record["enrollmentId"])


class LosesBuffersOfFinalized(Enrollments):
    """Looks for the buffers of finalized enrollments where they no longer are."""

    def get_buffer(self, enrollment_id: str, buffer_id: str) -> StoredBuffer:
        if self.existing(enrollment_id)["status"] == FINALIZED:
            raise FileNotFoundError(buffer_id)
        return super().get_buffer(enrollment_id, buffer_id)


class JoinsBiometrics(Enrollments):
    def find(self, expressions: Any) -> list[Record]:
        return [record for record in super().find(expressions) if record.get("biometricData")]


class KeepsOneDecimal(Search):
    def indexed(self, value: object) -> tuple[str, str | int | float]:
        kind, indexed = super().indexed(value)
        return kind, round(indexed, 1) if isinstance(indexed, float) else indexed


def taken(refusal: Refusal) -> bool:
    return "already exists" in refusal.message


class FinalizesTheFirst(Enrollments):
    def create(self, enrollment_id: str, body: Any, *, finalize: bool = False) -> None:
        try:
            super().create(enrollment_id, body, finalize=finalize)
        except Refusal as refusal:
            if taken(refusal) and finalize:
                self.finalize(enrollment_id)
            raise


class ClearsTheBuffers(Enrollments):
    """Makes room for a create before it looks whether the id is taken."""

    def create(self, enrollment_id: str, body: Any, *, finalize: bool = False) -> None:
        try:
            super().create(enrollment_id, body, finalize=finalize)
        except Refusal as refusal:
            if taken(refusal):
                self.store.delete_buffers(enrollment_id)
            raise


def answering(rows: Any) -> type[Enrollments]:
    """Return a server whose search answers each match `rows(record, expressions)` times."""

    class Joins(Enrollments):
        def find(self, expressions: Any) -> list[Record]:
            return [one for record in super().find(expressions) for one in [record] * rows(record, expressions)]

    return Joins


class CountsFrom1970(Search):
    """Keeps dates as days since 1970, which are never below zero."""

    def indexed(self, value: object) -> tuple[str, str | int | float]:
        kind, indexed = super().indexed(value)
        early = isinstance(indexed, str) and len(indexed) == 10 and indexed[4::3] == "--" and indexed < "1970"
        return kind, "1970-01-01" if early else indexed


def repeated(name: str, change: str, rows: Any) -> Violation:
    parts = {"enrollments": answering(rows)}
    return Violation(f"find-repeats-{name}", change, parts, expected=("ENR-FIND-16",), declared=("ENR-PAGE-*",))


def part(name: str, change: str, expected: str, declared: tuple[str, ...] = (), **parts: type[Any]) -> Violation:
    return Violation(name, change, parts, expected=(expected,), declared=declared)


VIOLATIONS = [
    part(
        "delete-takes-bytes-of-others",
        "Equal bytes are kept once, and go with the first enrollment that has them.",
        "ENR-APART-01-DELETE",
        ("ENR-LIFE-03",),
        enrollments=LosesSharedBytes,
    ),
    part(
        "buffers-take-the-place-of-others",
        "The first buffer of an enrollment takes the place of the first one of another.",
        "ENR-APART-01-BUFWRITE",
        ("ENR-APART-01-*", "ENR-LIFE-03"),
        enrollments=NumbersBuffersForAll,
    ),
    part(
        "buffers-create-their-enrollment",
        "A buffer creates its enrollment, so that the client's create is refused.",
        "ENR-BUFFER-05",
        enrollments=CreatesWithTheBuffer,
    ),
    part(
        "create-again-finalizes",
        "A second create with finalize=true is refused, and finalizes the first record.",
        "ENR-CREATE-05",
        ("ENR-LIFE-03",),
        enrollments=FinalizesTheFirst,
    ),
    part(
        "create-again-drops-buffers",
        "A second create is refused, and drops the buffers.",
        "ENR-BUFFER-10",
        ("ENR-LIFE-03",),
        enrollments=ClearsTheBuffers,
    ),
    repeated("all", "A search answers each match twice.", lambda record, expressions: 2),
    repeated(
        "for-each-finger",
        "A match is answered once for each biometric item.",
        lambda record, expressions: max(1, len(record.get("biometricData", []))),
    ),
    repeated(
        "for-each-expression",
        "A match is answered once for each expression.",
        lambda record, expressions: len(expressions) or 1,
    ),
    part(
        "delete-takes-what-begins-so",
        "A delete takes all whose ids begin with the one.",
        "ENR-APART-01-DELETE",
        enrollments=DeletesByPrefix,
    ),
    part(
        "buffers-of-finalized-crash",
        "Reading a buffer of a finalized enrollment ends in a server error.",
        "ENR-BUFFER-13",
        ("ENR-LIFE-03",),
        enrollments=LosesBuffersOfFinalized,
    ),
    part("find-wants-biometrics", "Without biometrics nothing is found.", "ENR-FIND-01", enrollments=JoinsBiometrics),
    part("find-keeps-one-decimal", "Numbers are compared to one decimal.", "ENR-FIND-07", search=KeepsOneDecimal),
    part(
        "find-counts-days-from-1970",
        "Dates before 1970 are found as its first day.",
        "ENR-FIND-01",
        ("ENR-FIND-*",),
        search=CountsFrom1970,
    ),
]
