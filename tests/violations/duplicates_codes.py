"""Violations by a second create of an id: its effect, and its code from 1.3.0 on."""

from typing import Any

from osia_reference.enrollments import Enrollments
from osia_reference.replies import Refusal
from tests.freedoms import Recoding
from tests.harness.variant import Violation


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


def part(name: str, change: str, expected: str, declared: tuple[str, ...] = (), **parts: type[Any]) -> Violation:
    return Violation(name, change, parts, expected=(expected,), declared=declared)


class NoConflict(Recoding):
    codes = {("createEnrollment", 409): 404}


class RefusesFinalized(Enrollments):
    code: int

    def create(self, enrollment_id: str, body: Any, *, finalize: bool = False) -> None:
        known = self.store.get(enrollment_id)
        if known and known["status"] == "FINALIZED":
            raise Refusal(self.code, "It is finalized.")
        super().create(enrollment_id, body, finalize=finalize)


class FinalizedIsGone(RefusesFinalized):
    code = 410


class FinalizedIsForbidden(RefusesFinalized):
    code = 403


class ForbiddenConflict(Recoding):
    codes = {("createEnrollment", 409): 403}


class BadIfTheSame(Enrollments):
    def create(self, enrollment_id: str, body: Any, *, finalize: bool = False) -> None:
        known = self.store.get(enrollment_id)
        if known and known == self.settled(enrollment_id, body, known["status"]):
            raise Refusal(400, "It is there already.")
        super().create(enrollment_id, body, finalize=finalize)


class BadConflict(Recoding):
    codes = {("createEnrollment", 409): 400}


VIOLATIONS = [
    part(
        "create-again-finalizes",
        "A second create with finalize=true is refused, and finalizes the first record.",
        "ENR-CREATE-05",
        ("ENR-LIFE-03", "ENR-CREATE-19"),
        enrollments=FinalizesTheFirst,
    ),
    Violation(
        "create-again-is-not-found",
        "A second create is refused with 404, as in 1.2.0.",
        {"server": NoConflict},
        expected=("ENR-CREATE-19",),
    ),
    Violation(
        "create-again-of-a-finalized-is-gone",
        "A second create of a finalized enrollment is refused with 410.",
        {"enrollments": FinalizedIsGone},
        expected=("ENR-CREATE-19",),
    ),
    Violation(
        "create-again-of-a-finalized-is-forbidden",
        "A second create of a finalized enrollment is refused with 403.",
        {"enrollments": FinalizedIsForbidden},
        expected=("ENR-CREATE-19",),
    ),
    Violation(
        "create-again-is-forbidden",
        "A second create is refused with 403.",
        {"server": ForbiddenConflict},
        expected=("ENR-CREATE-19",),
    ),
    Violation(
        "create-again-of-the-same-is-bad",
        "A second create with the very same body is refused with 400.",
        {"enrollments": BadIfTheSame},
        expected=("ENR-CREATE-19",),
    ),
    Violation(
        "create-again-is-bad",
        "A second create is refused with 400.",
        {"server": BadConflict},
        expected=("ENR-CREATE-19",),
    ),
]
