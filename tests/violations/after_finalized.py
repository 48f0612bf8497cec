"""Violations by answers about finalized enrollments that are not true."""

from collections.abc import AsyncIterator
from typing import Any

from osia_reference.app import Server
from osia_reference.calls import Call
from osia_reference.enrollments import FINALIZED, IN_PROGRESS, Enrollments
from osia_reference.replies import Refusal, Reply
from osia_reference.store import Record
from tests.harness.variant import Violation


class Pretends(Enrollments):
    """Answers every change of a finalized enrollment as done, and does nothing."""

    def is_finalized(self, enrollment_id: str) -> bool:
        return bool(self.existing(enrollment_id)["status"] == FINALIZED)

    def update(self, enrollment_id: str, body: Any, *, finalize: bool = False) -> None:
        if not self.is_finalized(enrollment_id):
            super().update(enrollment_id, body, finalize=finalize)

    def patch(self, enrollment_id: str, body: Any, *, finalize: bool = False) -> None:
        if not self.is_finalized(enrollment_id):
            super().patch(enrollment_id, body, finalize=finalize)

    def delete(self, enrollment_id: str) -> None:
        if not self.store.get(enrollment_id) or not self.is_finalized(enrollment_id):
            super().delete(enrollment_id)

    async def send_buffer(self, enrollment_id: str, media_type: str, data: AsyncIterator[bytes]) -> str:
        if self.is_finalized(enrollment_id):
            return self.new_buffer_id(enrollment_id)
        return await super().send_buffer(enrollment_id, media_type, data)


class RefusesTooLate(Server):
    """Carries out a change of a finalized enrollment, and then refuses it."""

    async def perform(self, call: Call) -> Reply:
        before = self.enrollments.store.get(call.path.get("enrollmentId", ""))
        reply = await super().perform(call)
        if before and before["status"] == FINALIZED and call.request.method != "GET":
            raise Refusal(403, "The enrollment is finalized.")
        return reply


class AllowsChanges(Enrollments):
    def check_open(self, record: Record) -> None:
        pass


class Toggles(Enrollments):
    def finalize(self, enrollment_id: str) -> None:
        current = self.existing(enrollment_id)
        status = FINALIZED if current["status"] == IN_PROGRESS else IN_PROGRESS
        record = {**current, "status": status}
        self.store.replace(record, self.search.attributes(record))


class BufferReopens(AllowsChanges):
    async def send_buffer(self, enrollment_id: str, media_type: str, data: AsyncIterator[bytes]) -> str:
        record = {**self.existing(enrollment_id), "status": IN_PROGRESS}
        self.store.replace(record, self.search.attributes(record))
        return await super().send_buffer(enrollment_id, media_type, data)


class Crashes(Enrollments):
    def check_open(self, record: Record) -> None:
        if record["status"] == FINALIZED:
            raise RuntimeError("no transition from FINALIZED")


class DeleteCrashes(Enrollments):
    def delete(self, enrollment_id: str) -> None:
        if (self.store.get(enrollment_id) or {}).get("status") == FINALIZED:
            raise RuntimeError("no transition from FINALIZED")
        super().delete(enrollment_id)


VIOLATIONS = [
    Violation(
        "finalized-changes-are-pretended",
        "Changes of a finalized enrollment are answered as done, and are not.",
        {"enrollments": Pretends},
        expected=(
            "ENR-FINAL-01-UPDATE",
            "ENR-FINAL-01-PATCH",
            "ENR-FINAL-01-DELETE",
            "ENR-FINAL-01-BUFWRITE",
        ),
        declared=("ENR-LIFE-03",),
    ),
    Violation(
        "finalized-changes-are-refused-too-late",
        "Changes of a finalized enrollment are carried out, and then refused.",
        {"server": RefusesTooLate, "enrollments": AllowsChanges},
        expected=("ENR-FINAL-01-UPDATE", "ENR-FINAL-01-PATCH", "ENR-FINAL-01-DELETE"),
        declared=("ENR-LIFE-03",),
    ),
    Violation(
        "finalized-again-is-reopened",
        "Finalizing twice opens the enrollment again.",
        {"enrollments": Toggles},
        expected=("ENR-FINAL-01-FINALIZE",),
        declared=("ENR-LIFE-03",),
    ),
    Violation(
        "finalized-is-reopened-by-a-buffer",
        "A buffer opens a finalized enrollment again.",
        {"enrollments": BufferReopens},
        expected=("ENR-FINAL-01-BUFWRITE",),
        declared=("ENR-LIFE-03",),
    ),
    Violation(
        "finalized-changes-crash",
        "Changing a finalized enrollment is a server error.",
        {"enrollments": Crashes},
        expected=(
            "ENR-FINAL-01-UPDATE",
            "ENR-FINAL-01-PATCH",
            "ENR-FINAL-01-FINALIZE",
            "ENR-FINAL-01-BUFWRITE",
        ),
        declared=("ENR-LIFE-03",),
    ),
    Violation(
        "finalized-delete-crashes",
        "Deleting a finalized enrollment is a server error.",
        {"enrollments": DeleteCrashes},
        expected=("ENR-FINAL-01-DELETE",),
        declared=("ENR-LIFE-03",),
    ),
]
