"""Violations of an enrollment's life: each operation does its part, their sequence does not."""

from collections.abc import Sequence
from typing import Any

from osia_reference.enrollments import Enrollments, merge_patch
from osia_reference.store import Record
from tests.harness.remembering import Remembering
from tests.harness.variant import Violation


class DropsDocumentsInOneStep(Enrollments):
    def create(self, enrollment_id: str, body: Any, *, finalize: bool = False) -> None:
        super().create(enrollment_id, body, finalize=finalize)
        if finalize:
            record = {n: value for n, value in self.existing(enrollment_id).items() if n != "documentData"}
            self.store.replace(record, self.search.attributes(record))


class DropsTheRequestInOneStep(Enrollments):
    def create(self, enrollment_id: str, body: Any, *, finalize: bool = False) -> None:
        super().create(enrollment_id, body, finalize=finalize)
        if finalize:
            record = {**self.existing(enrollment_id), "requestData": [], "enrollmentFlags": []}
            self.store.replace(record, self.search.attributes(record))


class KnowsTheFirst(Remembering):
    """Knows each record as it was created."""

    def create(self, enrollment_id: str, body: Any, *, finalize: bool = False) -> None:
        super().create(enrollment_id, body, finalize=finalize)
        self.kept[enrollment_id] = self.existing(enrollment_id)


class PatchesWhatWasCreated(KnowsTheFirst):
    def merge(self, current: Record, patch: Any) -> Any:
        return merge_patch(self.kept[current["enrollmentId"]], patch)


class FinalizesWhatWasCreated(KnowsTheFirst):
    def finalize(self, enrollment_id: str) -> None:
        self.keep(self.changeable(enrollment_id), self.kept[enrollment_id], finalize=True)


class FinalizesWithoutThePatches(Remembering):
    """Patches go to a draft, which finalizing forgets."""

    def patch(self, enrollment_id: str, body: Any, *, finalize: bool = False) -> None:
        before = self.changeable(enrollment_id)
        super().patch(enrollment_id, body, finalize=finalize)
        self.kept.setdefault(enrollment_id, before)

    def finalize(self, enrollment_id: str) -> None:
        current = self.changeable(enrollment_id)
        self.keep(current, self.kept.get(enrollment_id, current), finalize=True)


class PatchesOnce(Remembering):
    """Later patches undo what earlier ones brought."""

    def patch(self, enrollment_id: str, body: Any, *, finalize: bool = False) -> None:
        current = self.kept.setdefault(enrollment_id, self.changeable(enrollment_id))
        self.store.replace(current, self.search.attributes(current))
        super().patch(enrollment_id, body, finalize=finalize)

    def update(self, enrollment_id: str, body: Any, *, finalize: bool = False) -> None:
        super().update(enrollment_id, body, finalize=finalize)
        self.kept.pop(enrollment_id, None)


class FinalizesTheSecondChange(Remembering):
    """Once something was changed twice, it counts as complete."""

    def keep(self, current: Record, data: Record, *, finalize: bool) -> None:
        changed_before = current["enrollmentId"] in self.kept
        self.kept[current["enrollmentId"]] = "changed"
        super().keep(current, data, finalize=finalize or changed_before)


class CompletesSmallOnesAtOnce(Enrollments):
    """An enrollment that began without biometrics is complete with its first change."""

    def patch(self, enrollment_id: str, body: Any, *, finalize: bool = False) -> None:
        small = not self.existing(enrollment_id).get("biometricData")
        super().patch(enrollment_id, body, finalize=finalize or small)


class MixesUpSessions(Remembering):
    """A patch starts from the biographic data that was patched last, whoever's it was."""

    def merge(self, current: Record, patch: Any) -> Any:
        merged = merge_patch({**current, **self.kept}, patch)
        if isinstance(patch, dict) and "biographicData" in patch:
            self.kept["biographicData"] = merged.get("biographicData", {})
        return merged

    def read(self, enrollment_id: str, attributes: Sequence[str] | None = None) -> Record:
        self.kept.clear()
        return super().read(enrollment_id, attributes)

    def create(self, enrollment_id: str, body: Any, *, finalize: bool = False) -> None:
        self.kept.clear()
        super().create(enrollment_id, body, finalize=finalize)


class BringsBackTheDeleted(Remembering):
    """A create of an id that was deleted adds to what it was."""

    def delete(self, enrollment_id: str) -> None:
        self.kept[enrollment_id] = self.existing(enrollment_id)
        super().delete(enrollment_id)

    def create(self, enrollment_id: str, body: Any, *, finalize: bool = False) -> None:
        old = self.kept.get(enrollment_id, {})
        super().create(enrollment_id, {**old, **body} if isinstance(body, dict) else body, finalize=finalize)


class KeepsTheIdsOfTheDeleted(Remembering):
    """Marks a record as deleted, and lets the database say that its id is not unique."""

    def delete(self, enrollment_id: str) -> None:
        super().delete(enrollment_id)
        self.kept[enrollment_id] = "deleted"

    def create(self, enrollment_id: str, body: Any, *, finalize: bool = False) -> None:
        if enrollment_id in self.kept:
            raise KeyError("duplicate key value violates unique constraint")
        super().create(enrollment_id, body, finalize=finalize)


class SeenALittleLater(Remembering):
    """Creates in a queue: the first read comes before it is worked off."""

    def create(self, enrollment_id: str, body: Any, *, finalize: bool = False) -> None:
        super().create(enrollment_id, body, finalize=finalize)
        self.kept[enrollment_id] = "queued"

    def read(self, enrollment_id: str, attributes: Sequence[str] | None = None) -> Record:
        if self.kept.pop(enrollment_id, None):
            raise self.unknown(enrollment_id)
        return super().read(enrollment_id, attributes)


ONE_STEP = ("ENR-LIFE-01",)
SEVERAL_STEPS = ("ENR-LIFE-02",)

VIOLATIONS = [
    Violation(
        "life-one-step-drops-documents",
        "A create with finalize=true drops the documents.",
        {"enrollments": DropsDocumentsInOneStep},
        expected=ONE_STEP,
    ),
    Violation(
        "life-one-step-drops-the-request",
        "A create with finalize=true empties requestData and enrollmentFlags.",
        {"enrollments": DropsTheRequestInOneStep},
        expected=ONE_STEP,
    ),
    Violation(
        "life-patches-what-was-created",
        "A patch is merged into the record as it was created, not as it is.",
        {"enrollments": PatchesWhatWasCreated},
        expected=SEVERAL_STEPS,
    ),
    Violation(
        "life-patches-undo-each-other",
        "A second patch undoes the first.",
        {"enrollments": PatchesOnce},
        expected=SEVERAL_STEPS,
    ),
    Violation(
        "life-finalizes-what-was-created",
        "Finalizing goes back to the record as it was created.",
        {"enrollments": FinalizesWhatWasCreated},
        expected=SEVERAL_STEPS,
    ),
    Violation(
        "life-finalizes-without-the-patches",
        "Finalizing loses what patches brought.",
        {"enrollments": FinalizesWithoutThePatches},
        expected=SEVERAL_STEPS,
    ),
    Violation(
        "life-completes-small-enrollments-at-once",
        "The first patch of an enrollment without biometrics finalizes it.",
        {"enrollments": CompletesSmallOnesAtOnce},
        expected=SEVERAL_STEPS,
    ),
    Violation(
        "life-finalizes-the-second-change",
        "An enrollment that is changed a second time is finalized unasked.",
        {"enrollments": FinalizesTheSecondChange},
        expected=SEVERAL_STEPS,
        declared=("ENR-PATCH-13",),
    ),
    Violation(
        "life-mixes-up-two-sessions",
        "A patch right after the patch of another enrollment starts from that one's biographic data.",
        {"enrollments": MixesUpSessions},
        expected=("ENR-LIFE-03",),
    ),
    Violation(
        "life-brings-back-the-deleted",
        "A create of a deleted id adds to the deleted record.",
        {"enrollments": BringsBackTheDeleted},
        expected=("ENR-LIFE-03",),
    ),
    Violation(
        "life-deleted-ids-crash-creates",
        "A create of a deleted id is a server error.",
        {"enrollments": KeepsTheIdsOfTheDeleted},
        expected=("ENR-LIFE-03",),
    ),
    Violation(
        "create-is-seen-a-little-later",
        "The first read after a create answers 404.",
        {"enrollments": SeenALittleLater},
        expected=("ENR-DONE-01-READ",),
    ),
]
