"""What may become of a finalized enrollment (ruling 11)."""

from collections.abc import Sequence
from typing import Any

from osia_reference.enrollments import FINALIZED, IN_PROGRESS, Enrollments
from osia_reference.replies import Refusal
from osia_reference.store import Record
from tests.harness.records import biographics
from tests.harness.variant import Freedom


class Locks(Enrollments):
    """Refuses all changes, the deletion too."""

    code = 403

    def check_open(self, record: Record) -> None:
        if record["status"] == FINALIZED:
            raise Refusal(self.code, "It is finalized.")

    def delete(self, enrollment_id: str) -> None:
        self.changeable(enrollment_id)
        super().delete(enrollment_id)


class LocksOtherwise(Locks):
    """409, and 400 for what is finalized again."""

    code = 409

    def finalize(self, enrollment_id: str) -> None:
        if self.existing(enrollment_id)["status"] == FINALIZED:
            raise Refusal(400, "It is finalized already.")
        super().finalize(enrollment_id)


class StaysOpen(Enrollments):
    def check_open(self, record: Record) -> None:
        pass


class Reopens(StaysOpen):
    """A change without finalize=true opens it again."""

    def status(self, current: str | None, *, finalize: bool) -> str:
        return FINALIZED if finalize else IN_PROGRESS


class TakesNoBuffers(StaysOpen):
    def check_buffer_allowed(self, enrollment_id: str) -> None:
        if self.existing(enrollment_id)["status"] == FINALIZED:
            raise Refusal(422, "It is finalized, and needs no more images.")


class UsesUpBuffers(Enrollments):
    def settled(self, enrollment_id: str, data: Record, status: str) -> Record:
        if status == FINALIZED:
            self.store.delete_buffers(enrollment_id)
        return super().settled(enrollment_id, data, status)


class Processing(Enrollments):
    """Goes on with a finalized enrollment once it was read `reads` times."""

    reads = 1

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self.seen: dict[str, int] = {}

    def process(self, record: Record) -> None:
        raise NotImplementedError

    def read(self, enrollment_id: str, attributes: Sequence[str] | None = None) -> Record:
        record = self.existing(enrollment_id)
        if record["status"] == FINALIZED:
            self.seen[enrollment_id] = self.seen.get(enrollment_id, 0) + 1
            if self.seen[enrollment_id] > self.reads:
                self.process(record)
        return super().read(enrollment_id, attributes)


class Archives(Processing):
    def process(self, record: Record) -> None:
        self.store.delete(record["enrollmentId"])


class ArchivesLater(Archives):
    reads = 1


class Normalizes(Processing):
    def process(self, record: Record) -> None:
        names = biographics(record)
        large = {name: value.upper() if isinstance(value, str) else value for name, value in names.items()}
        record = {**record, **({"biographicData": large} if large else {}), "biometricData": []}
        self.store.replace(record, self.search.attributes(record))


AFTERWARDS = tuple(f"ENR-FINAL-01-{code}" for code in ("UPDATE", "PATCH", "FINALIZE", "BUFWRITE"))


def freedom(name: str, change: str, part: type[Enrollments], **more: Any) -> Freedom:
    return Freedom(f"finalized-{name}", change, {"enrollments": part}, **more)


FREEDOMS = [
    freedom("locked-403", "A finalized enrollment cannot be changed or deleted: 403.", Locks),
    freedom("locked-409", "It cannot be changed or deleted: 409, and 400 to finalize it again.", LocksOtherwise),
    freedom("open", "It can be changed, finalized again and deleted as before.", StaysOpen),
    freedom("reopened", "It is open again after a change.", Reopens),
    freedom("no-more-buffers", "It takes changes, but no more buffers.", TakesNoBuffers),
    freedom("buffers-used-up", "Its buffers are gone.", UsesUpBuffers),
    freedom(
        "archived",
        "It is archived as soon as it was read once.",
        Archives,
        rulings=("RUL-AFTER-FINALIZED",),
        inapplicable=AFTERWARDS,
    ),
    freedom(
        "archived-later",
        "It is archived after it was read once.",
        ArchivesLater,
        rulings=("RUL-AFTER-FINALIZED",),
        inapplicable=AFTERWARDS,
    ),
    freedom(
        "normalized",
        "Its names are written in capitals and its images taken away, as soon as it was read once.",
        Normalizes,
        rulings=("RUL-AFTER-FINALIZED",),
        inapplicable=AFTERWARDS,
    ),
]
