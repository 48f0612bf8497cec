"""Violations by what enrollments and their buffers share behind the interface."""

import hashlib
from collections.abc import AsyncIterator
from typing import Any

from osia_reference.enrollments import Enrollments
from osia_reference.replies import Refusal
from osia_reference.store import StoredBuffer
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


class DeletesByPrefix(Enrollments):
    """Deletes whatever is stored under a key that begins with the id."""

    def delete(self, enrollment_id: str) -> None:
        super().delete(enrollment_id)
        for record in list(self.store.find([])):
            if record["enrollmentId"].startswith(enrollment_id):
                self.store.delete(record["enrollmentId"])


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
        "delete-takes-what-begins-so",
        "A delete takes all whose ids begin with the one.",
        "ENR-APART-01-DELETE",
        enrollments=DeletesByPrefix,
    ),
]
