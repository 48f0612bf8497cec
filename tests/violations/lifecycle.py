"""Violations of an enrollment's life: each operation does its part, their sequence does not."""

from collections.abc import Sequence
from typing import Any

from osia_reference.enrollments import Enrollments, merge_patch
from osia_reference.store import Record
from tests.variant import Violation


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


class Remembering(Enrollments):
    """Knows each record as it was created."""

    def create(self, enrollment_id: str, body: Any, *, finalize: bool = False) -> None:
        super().create(enrollment_id, body, finalize=finalize)
        self.__dict__.setdefault("first", {})[enrollment_id] = self.existing(enrollment_id)

    def created(self, enrollment_id: str) -> Record:
        record: Record = self.__dict__["first"][enrollment_id]
        return record


class PatchesWhatWasCreated(Remembering):
    def merge(self, current: Record, patch: Any) -> Any:
        return merge_patch(self.created(current["enrollmentId"]), patch)


class FinalizesWhatWasCreated(Remembering):
    def finalize(self, enrollment_id: str) -> None:
        self.keep(self.changeable(enrollment_id), self.created(enrollment_id), finalize=True)


class FinalizesWithoutThePatches(Enrollments):
    """Patches go to a draft, which finalizing forgets."""

    def patch(self, enrollment_id: str, body: Any, *, finalize: bool = False) -> None:
        before = self.changeable(enrollment_id)
        super().patch(enrollment_id, body, finalize=finalize)
        self.__dict__.setdefault("unpatched", {}).setdefault(enrollment_id, before)

    def finalize(self, enrollment_id: str) -> None:
        current = self.changeable(enrollment_id)
        data = self.__dict__.get("unpatched", {}).get(enrollment_id, current)
        self.keep(current, data, finalize=True)


class PatchesOnce(Enrollments):
    """Later patches undo what earlier ones brought."""

    def patch(self, enrollment_id: str, body: Any, *, finalize: bool = False) -> None:
        base = self.__dict__.setdefault("base", {})
        current = base.setdefault(enrollment_id, self.changeable(enrollment_id))
        self.store.replace(current, self.search.attributes(current))
        super().patch(enrollment_id, body, finalize=finalize)

    def update(self, enrollment_id: str, body: Any, *, finalize: bool = False) -> None:
        super().update(enrollment_id, body, finalize=finalize)
        self.__dict__.setdefault("base", {}).pop(enrollment_id, None)


class FinalizesTheSecondChange(Enrollments):
    """Once something was changed twice, it counts as complete."""

    def keep(self, current: Record, data: Record, *, finalize: bool) -> None:
        changes = self.__dict__.setdefault("changes", {})
        name = current["enrollmentId"]
        changes[name] = changes.get(name, 0) + 1
        super().keep(current, data, finalize=finalize or changes[name] > 1)


class CompletesSmallOnesAtOnce(Enrollments):
    """An enrollment that began without biometrics is complete with its first change."""

    def patch(self, enrollment_id: str, body: Any, *, finalize: bool = False) -> None:
        small = not self.existing(enrollment_id).get("biometricData")
        super().patch(enrollment_id, body, finalize=finalize or small)


class MixesUpSessions(Enrollments):
    """A patch starts from the biographic data that was patched last, whoever's it was."""

    def merge(self, current: Record, patch: Any) -> Any:
        session: list[Any] = self.__dict__.setdefault("session", [])
        base = {**current, "biographicData": session.pop()} if session else current
        merged = merge_patch(base, patch)
        if isinstance(patch, dict) and "biographicData" in patch and "biographicData" in merged:
            session.append(merged["biographicData"])
        return merged

    def read(self, enrollment_id: str, attributes: Sequence[str] | None = None) -> Record:
        self.__dict__.pop("session", None)
        return super().read(enrollment_id, attributes)

    def create(self, enrollment_id: str, body: Any, *, finalize: bool = False) -> None:
        self.__dict__.pop("session", None)
        super().create(enrollment_id, body, finalize=finalize)


class NumbersItsPatches(Enrollments):
    """Every fourth patch, counted over all enrollments, is lost."""

    def patch(self, enrollment_id: str, body: Any, *, finalize: bool = False) -> None:
        self.changeable(enrollment_id)
        count = self.__dict__["count"] = self.__dict__.get("count", 0) + 1
        super().patch(enrollment_id, body if count % 4 else {}, finalize=finalize)

    def create(self, enrollment_id: str, body: Any, *, finalize: bool = False) -> None:
        self.__dict__.pop("count", None)
        super().create(enrollment_id, body, finalize=finalize)


class BringsBackTheDeleted(Enrollments):
    """A create of an id that was deleted adds to what it was."""

    def delete(self, enrollment_id: str) -> None:
        self.__dict__.setdefault("deleted", {})[enrollment_id] = self.existing(enrollment_id)
        super().delete(enrollment_id)

    def create(self, enrollment_id: str, body: Any, *, finalize: bool = False) -> None:
        old = self.__dict__.get("deleted", {}).get(enrollment_id, {})
        super().create(enrollment_id, {**old, **body} if isinstance(body, dict) else body, finalize=finalize)


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
        "life-loses-the-fourth-patch",
        "The fourth patch in a row, whichever enrollments they change, is lost.",
        {"enrollments": NumbersItsPatches},
        expected=("ENR-LIFE-03",),
    ),
    Violation(
        "life-brings-back-the-deleted",
        "A create of a deleted id adds to the deleted record.",
        {"enrollments": BringsBackTheDeleted},
        expected=("ENR-LIFE-03",),
    ),
]
