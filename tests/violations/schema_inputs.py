"""Violations of the schema that requests get away with: for each fact a validation that leaves it out."""

from __future__ import annotations

from typing import Any

from osia_conformance.checks.enrollment.schema_faults import FAULTS
from osia_conformance.standard.operations import by_code
from osia_conformance.standard.specification import load_specification
from osia_conformance.target.enrollment.payloads import without
from osia_reference.enrollments import FINALIZED, IN_PROGRESS, Enrollments
from osia_reference.replies import Refusal
from osia_reference.store import Record
from tests.harness.variant import Violation

WRITING = ("CREATE", "UPDATE", "PATCH")
FORMATS = tuple(fact for fact in FAULTS if fact.endswith("-FORMAT"))
FACTS = (*(fact for fact in FAULTS if fact not in FORMATS), "ENROLLMENT-REQUIRED")
"""What a request must not get away with; a badly formed string may be taken."""
GENERATED = tuple(f"ENR-GENERATED-03-{code}" for code in WRITING)
"""What generated bodies find as well, if the fault is among the few that are drawn."""
FIND = by_code()["FIND"].id

Expressions = Any


def broken_facts(version: str, body: Any) -> set[str]:
    """Return the facts of Enrollment that a body breaks; what is readOnly is not missing."""
    given = {"enrollmentId": "", "status": IN_PROGRESS, **body} if isinstance(body, dict) and version >= "1.2" else body
    return {breach.fact for breach in load_specification(version).breaches("Enrollment", given)}


class Checking(Enrollments):
    """Calls `judge` with the facts that a body breaks, in place of refusing it; keeps a status that is not known."""

    def validate(self, operation: str, body: Any) -> None:
        if operation == FIND:
            super().validate(operation, body)
        elif facts := broken_facts(self.specification.version, body):
            self.judge(operation, body, facts)

    def settled(self, enrollment_id: str, data: Record, status: str) -> Record:
        known = data.get("status", status) in (IN_PROGRESS, FINALIZED)
        return super().settled(enrollment_id, data, status if known else data["status"])

    def judge(self, operation: str, body: Any, facts: set[str]) -> None:
        raise Refusal(400, f"The body breaks {', '.join(sorted(facts))}.")


class KnowsFollowRef(Enrollments):
    """Still has the Integrity of 1.3.0."""

    def validate(self, operation: str, body: Any) -> None:
        super().validate(operation, self.of_1_3_1(body))

    def of_1_3_1(self, body: Any) -> Any:
        if not isinstance(body, dict) or not isinstance(body.get("integrity"), list):
            return body
        blocks = [without(one, "followRef") if isinstance(one, dict) else one for one in body["integrity"]]
        return {**body, "integrity": blocks}


def left_out(fact: str) -> Violation:
    class LeavesOut(Checking):
        def judge(self, operation: str, body: Any, facts: set[str]) -> None:
            # What a patch leaves must always be whole: that is a requirement of its own.
            whole = fact == "ENROLLMENT-REQUIRED" and operation == by_code()["PATCH"].id
            if facts != {fact} or whole or not isinstance(body, dict):
                super().judge(operation, body, facts)

    return Violation(
        f"inputs-may-break-{fact.lower()}",
        f"Requests are not checked for {fact}.",
        {"enrollments": LeavesOut},
        expected=(f"ENR-INPUT-{fact}",),
        declared=(*GENERATED, *(("ENR-JSON-03-*",) if fact == "ENROLLMENT-TYPE" else ())),
    )


def crashing(fact: str) -> Violation:
    class Crashes(Checking):
        def judge(self, operation: str, body: Any, facts: set[str]) -> None:
            if facts == {fact} and isinstance(body, dict):
                raise ValueError(fact)
            super().judge(operation, body, facts)

    return Violation(
        f"inputs-crash-for-{fact.lower()}",
        f"A request that breaks {fact} ends in a server error.",
        {"enrollments": Crashes},
        expected=(f"ENR-INPUT-{fact}",),
        declared=(
            *(f"ENR-GENERATED-{number}-{code}" for number in ("02", "03") for code in WRITING),
            *(("ENR-JSON-03-*",) if fact == "ENROLLMENT-TYPE" else ()),
        ),
    )


def unchecked_by(code: str) -> Violation:
    """One operation takes any object."""

    class Takes(Checking):
        def judge(self, operation: str, body: Any, facts: set[str]) -> None:
            if operation != by_code()[code].id or not isinstance(body, dict):
                super().judge(operation, body, facts)

    facts = FACTS if code != "PATCH" else FACTS[:-1]
    return Violation(
        f"inputs-are-not-checked-by-{code.lower()}",
        f"{by_code()[code].id} does not check its body.",
        {"enrollments": Takes},
        expected=(f"ENR-JSON-03-{code}", f"ENR-GENERATED-03-{code}", *(f"ENR-INPUT-{fact}" for fact in facts)),
        declared=("ENR-PATCH-11",) if code == "PATCH" else (),
    )


class RefusesAs422(Enrollments):
    def validate(self, operation: str, body: Any) -> None:
        try:
            super().validate(operation, body)
        except Refusal as refusal:
            raise Refusal(422, refusal.message) from refusal


VIOLATIONS = [
    *(left_out(fact) for fact in FACTS),
    *(crashing(fact) for fact in (*FORMATS, "ENROLLMENT-TYPE", "DOCUMENTDATA-MINITEMS")),
    *(unchecked_by(code) for code in WRITING),
    Violation(
        "inputs-know-followref",
        "Integrity blocks may say followRef, as in 1.3.0.",
        {"enrollments": KnowsFollowRef},
        expected=("ENR-INPUT-INTEGRITY-ADDITIONALPROPERTIES",),
        declared=GENERATED,
        versions=">=1.3.1",
    ),
    Violation(
        "inputs-are-refused-with-422",
        "What breaks the schema is refused with 422.",
        {"enrollments": RefusesAs422},
        expected=tuple(f"ENR-REFUSAL-01-{code}" for code in ("CREATE", "UPDATE", "PATCH", "FIND")),
    ),
]
