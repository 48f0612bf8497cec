"""Violations by how buffers are kept behind the interface."""

from typing import Any

from osia_reference.enrollments import FINALIZED, IN_PROGRESS, Enrollments
from osia_reference.replies import Refusal
from osia_reference.store import StoredBuffer
from tests.harness.variant import Violation


class CreatesWithTheBuffer(Enrollments):
    """A buffer makes its enrollment, which then cannot be created any more."""

    def check_buffer_allowed(self, enrollment_id: str) -> None:
        if self.store.get(enrollment_id) is None:
            super().create(enrollment_id, {"status": IN_PROGRESS, "enrollmentType": "unknown", "biometricData": []})


class LosesBuffersOfFinalized(Enrollments):
    """Looks for the buffers of finalized enrollments where they no longer are."""

    def get_buffer(self, enrollment_id: str, buffer_id: str) -> StoredBuffer:
        if self.existing(enrollment_id)["status"] == FINALIZED:
            raise FileNotFoundError(buffer_id)
        return super().get_buffer(enrollment_id, buffer_id)


def taken(refusal: Refusal) -> bool:
    return "already exists" in refusal.message


class ClearsTheBuffers(Enrollments):
    """Makes room for a create before it looks whether the id is taken."""

    def create(self, enrollment_id: str, body: Any, *, finalize: bool = False) -> None:
        try:
            super().create(enrollment_id, body, finalize=finalize)
        except Refusal as refusal:
            if taken(refusal):
                self.store.delete_buffers(enrollment_id)
            raise


def part(name: str, change: str, expected: str, declared: tuple[str, ...] = (), **parts: type[Any]) -> Violation:
    return Violation(name, change, parts, expected=(expected,), declared=declared)


VIOLATIONS = [
    part(
        "buffers-create-their-enrollment",
        "A buffer creates its enrollment, so that the client's create is refused.",
        "ENR-BUFFER-05",
        enrollments=CreatesWithTheBuffer,
    ),
    part(
        "create-again-drops-buffers",
        "A second create is refused, and drops the buffers.",
        "ENR-BUFFER-10",
        ("ENR-LIFE-03",),
        enrollments=ClearsTheBuffers,
    ),
    part(
        "buffers-of-finalized-crash",
        "Reading a buffer of a finalized enrollment ends in a server error.",
        "ENR-BUFFER-13",
        ("ENR-LIFE-03",),
        enrollments=LosesBuffersOfFinalized,
    ),
]
