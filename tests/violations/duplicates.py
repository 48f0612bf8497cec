"""Violations by a second create with the very same body, and of a finalized enrollment."""

from typing import Any

from osia_reference.enrollments import Enrollments
from tests.harness.variant import Violation


def again(name: str, change: str, part: type[Enrollments], *expected: str) -> Violation:
    declared = ("ENR-LIFE-03", "ENR-CREATE-06", "ENR-CREATE-19")
    return Violation(f"create-again-{name}", change, {"enrollments": part}, expected=expected, declared=declared)


class TakesTheSame(Enrollments):
    """A create that was sent twice is answered as done twice."""

    def create(self, enrollment_id: str, body: Any, *, finalize: bool = False) -> None:
        known = self.store.get(enrollment_id)
        if not known or known != self.settled(enrollment_id, body, self.status(None, finalize=finalize)):
            super().create(enrollment_id, body, finalize=finalize)


class CrashesForTheSame(Enrollments):
    def create(self, enrollment_id: str, body: Any, *, finalize: bool = False) -> None:
        known = self.store.get(enrollment_id)
        if known and known.get("biographicData") == body.get("biographicData"):
            raise KeyError(enrollment_id)
        super().create(enrollment_id, body, finalize=finalize)


class OverwritesFinalized(Enrollments):
    """What was finalized is out of the way: its id is free again."""

    def create(self, enrollment_id: str, body: Any, *, finalize: bool = False) -> None:
        known = self.store.get(enrollment_id)
        if known and known["status"] == "FINALIZED":
            self.store.delete(enrollment_id)
        super().create(enrollment_id, body, finalize=finalize)


class CrashesForFinalized(Enrollments):
    def create(self, enrollment_id: str, body: Any, *, finalize: bool = False) -> None:
        known = self.store.get(enrollment_id)
        if known and known["status"] == "FINALIZED":
            raise RuntimeError("no transition from FINALIZED")
        super().create(enrollment_id, body, finalize=finalize)


class OpensFinalized(Enrollments):
    """Refuses a second create, and opens a finalized enrollment again."""

    def create(self, enrollment_id: str, body: Any, *, finalize: bool = False) -> None:
        known = self.store.get(enrollment_id)
        if known and known["status"] == "FINALIZED":
            record = {**known, "status": "IN_PROGRESS"}
            self.store.replace(record, self.search.attributes(record))
        super().create(enrollment_id, body, finalize=finalize)


VIOLATIONS = [
    again("with-the-same-is-done", "A second create with the very same body is done.", TakesTheSame, "ENR-CREATE-04"),
    again("with-the-same-crashes", "A second create with the same body fails.", CrashesForTheSame, "ENR-CREATE-04"),
    again(
        "of-a-finalized-is-done",
        "A second create replaces a finalized enrollment.",
        OverwritesFinalized,
        *("ENR-CREATE-04", "ENR-CREATE-05"),
    ),
    again("of-a-finalized-crashes", "A second create of a finalized one fails.", CrashesForFinalized, "ENR-CREATE-04"),
    again("opens-a-finalized", "A second create opens a finalized enrollment.", OpensFinalized, "ENR-CREATE-05"),
]
