"""Violations of deleteEnrollment."""

from collections.abc import Sequence

from osia_conformance.standard.operations import by_code
from osia_reference.app import Server
from osia_reference.calls import Call
from osia_reference.enrollments import Enrollments
from osia_reference.replies import Refusal, Reply
from osia_reference.store import Record, Store, StoredBuffer
from tests.harness.records import biographics
from tests.harness.remembering import Remembering
from tests.harness.variant import Violation


class KeepsTheRecord(Enrollments):
    def delete(self, enrollment_id: str) -> None:
        self.existing(enrollment_id)


class HidesFromSearchesOnly(Enrollments):
    def delete(self, enrollment_id: str) -> None:
        self.store.replace(self.existing(enrollment_id), [])


class EmptiesTheRecord(Enrollments):
    def delete(self, enrollment_id: str) -> None:
        current = self.existing(enrollment_id)
        self.store.replace(self.settled(enrollment_id, {}, current["status"]), [])


class HidesFromReadsOnly(Enrollments):
    def delete(self, enrollment_id: str) -> None:
        record = {**self.existing(enrollment_id), "deleted": True}
        self.store.replace(record, self.search.attributes(record))

    def existing(self, enrollment_id: str) -> Record:
        record = super().existing(enrollment_id)
        if record.get("deleted"):
            raise self.unknown(enrollment_id)
        return record


class AnswersGone(Remembering):
    def delete(self, enrollment_id: str) -> None:
        super().delete(enrollment_id)
        self.kept[enrollment_id] = "deleted"

    def unknown(self, enrollment_id: str) -> Refusal:
        deleted = enrollment_id in self.kept
        return Refusal(410, "It was deleted.") if deleted else super().unknown(enrollment_id)


class AnswersItsLastState(Remembering):
    """Reads of what is gone are served from a cache."""

    def read(self, enrollment_id: str, attributes: Sequence[str] | None = None) -> Record:
        cached: Record | None = self.kept.get(enrollment_id)
        if cached is not None and self.store.get(enrollment_id) is None:
            return cached
        self.kept[enrollment_id] = self.existing(enrollment_id)
        return super().read(enrollment_id, attributes)


class BreaksItsBuffers(Store):
    """The description of a buffer outlives its bytes."""

    def delete_buffers(self, enrollment_id: str) -> None:
        self._execute(
            "UPDATE piece SET data = x'' WHERE buffer IN (SELECT id FROM buffer WHERE enrollment = ?)",
            (enrollment_id,),
        )
        self._execute("UPDATE buffer SET size = 0 WHERE enrollment = ?", (enrollment_id,))


class FailsOnItsBuffers(Enrollments):
    def get_buffer(self, enrollment_id: str, buffer_id: str) -> StoredBuffer:
        if self.store.get(enrollment_id) is None and self.store.get_buffer(enrollment_id, buffer_id) is not None:
            raise LookupError(enrollment_id)
        return super().get_buffer(enrollment_id, buffer_id)


class KeepsBuffers(Store):
    def delete_buffers(self, enrollment_id: str) -> None:
        pass


class DeletesThePersonsOthers(Enrollments):
    """Deletes by what the enrollment says of the person."""

    def delete(self, enrollment_id: str) -> None:
        gone = biographics(self.existing(enrollment_id)).get("firstName")
        for each in list(self.store.find([])):
            if gone and biographics(each).get("firstName") == gone:
                self.store.delete(each["enrollmentId"])
        self.store.delete(enrollment_id)


def revived_by(code: str) -> Violation:
    """One operation writes back what was deleted."""

    class Revives(Remembering):
        def delete(self, enrollment_id: str) -> None:
            self.kept[enrollment_id] = self.existing(enrollment_id)
            super().delete(enrollment_id)

        def revive(self, enrollment_id: str) -> None:
            record = self.kept.pop(enrollment_id, None)
            if record is not None and self.store.get(enrollment_id) is None:
                self.store.insert(record, self.search.attributes(record))

    class Reviving(Server):
        async def perform(self, call: Call) -> Reply:
            if call.operation.name == by_code()[code].id and isinstance(self.enrollments, Revives):
                self.enrollments.revive(self.enrollment_id(call))
            return await super().perform(call)

    return Violation(
        f"delete-is-undone-by-{code.lower()}",
        f"A deleted enrollment comes back when {by_code()[code].id} is called on it.",
        {"enrollments": Revives, "server": Reviving},
        expected=("ENR-DELETE-04",),
    )


VIOLATIONS = [
    Violation(
        "delete-keeps-the-record",
        "A delete answers 204 and deletes nothing.",
        {"enrollments": KeepsTheRecord},
        expected=("ENR-DELETE-01", "ENR-DELETE-02"),
        declared=("ENR-FINAL-01-DELETE",),
    ),
    Violation(
        "delete-hides-from-searches-only",
        "A deleted enrollment is no longer found, but is still read.",
        {"enrollments": HidesFromSearchesOnly},
        expected=("ENR-DELETE-01",),
        declared=("ENR-FINAL-01-DELETE",),
    ),
    Violation(
        "delete-empties-the-record",
        "A delete takes the data away and leaves an enrollment with nothing but its id and status.",
        {"enrollments": EmptiesTheRecord},
        expected=("ENR-DELETE-01",),
        declared=("ENR-FINAL-01-DELETE",),
    ),
    Violation(
        "delete-hides-from-reads-only",
        "A deleted enrollment can no longer be read, but is still found.",
        {"enrollments": HidesFromReadsOnly},
        expected=("ENR-DELETE-02",),
    ),
    Violation(
        "delete-answers-gone",
        "Reading a deleted enrollment answers 410, which is not documented.",
        {"enrollments": AnswersGone},
        expected=("ENR-DELETE-01",),
    ),
    Violation(
        "delete-is-not-seen-by-cached-reads",
        "An enrollment that was read before its deletion is still answered from a cache.",
        {"enrollments": AnswersItsLastState},
        expected=("ENR-DELETE-01",),
        declared=("ENR-FINAL-01-DELETE",),
    ),
    Violation(
        "delete-empties-the-buffers",
        "The buffers of a deleted enrollment are answered, empty.",
        {"store": BreaksItsBuffers},
        expected=("ENR-DELETE-03",),
    ),
    Violation(
        "delete-breaks-the-buffers",
        "Reading a buffer of a deleted enrollment ends in a server error.",
        {"store": KeepsBuffers, "enrollments": FailsOnItsBuffers},
        expected=("ENR-DELETE-03",),
    ),
    Violation(
        "delete-takes-all-of-the-person",
        "A delete takes every enrollment of the same person.",
        {"enrollments": DeletesThePersonsOthers},
        expected=("ENR-APART-01-DELETE",),
    ),
    *(revived_by(code) for code in ("UPDATE", "PATCH", "FINALIZE")),
]
