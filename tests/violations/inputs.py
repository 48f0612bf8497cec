"""Requests that are not checked for one schema fact each."""

from __future__ import annotations

from typing import Any

from osia_reference.enrollments import Enrollments
from osia_reference.replies import Refusal
from osia_reference.store import Record
from tests.variant import Violation

from osia_conformance.generated import broken_expressions
from osia_conformance.register import load_register
from osia_conformance.specification import Breach, load_specification

VERSION = "1.0.0"
FIND = "findEnrollments"
GENERATED = ("ENR-GENERATED-02-*", "ENR-GENERATED-03-*")
CONSEQUENCES = {
    "ENROLLMENT-TYPE": ("ENR-JSON-03-*",),
    "ENROLLMENT-REQUIRED": ("ENR-PATCH-11",),
    "ENROLLMENT-ENUM": ("ENR-PATCH-11",),
}
STATES = ("FINALIZED", "IN_PROGRESS")


def facts(*, formats: bool) -> list[str]:
    """Return the facts of the register's ENR-INPUT family."""
    names = (entry.id.removeprefix("ENR-INPUT-") for entry in load_register(VERSION).active() if "-INPUT-" in entry.id)
    return [name for name in names if name.endswith("-FORMAT") == formats]


def breaches(operation: str, body: Any) -> list[Breach]:
    if operation == FIND:
        return broken_expressions(VERSION, body)
    return load_specification(VERSION).breaches("Enrollment", body)


def unchecked(fact: str) -> Violation:
    """A server that takes what breaks the fact; broken expressions of a search are passed over."""

    class Lenient(Enrollments):
        def validate(self, operation: str, body: Any) -> None:
            others = [breach for breach in breaches(operation, body) if breach.fact != fact]
            if others:
                raise Refusal(400, f"The body breaks {others[0].fact}.")

        def find(self, expressions: Any) -> list[Record]:
            self.validate(FIND, expressions)
            listed = expressions if isinstance(expressions, list) else [expressions]
            return super().find([one for one in listed if not breaches(FIND, [one])])

    class KeepsAnyStatus(Lenient):
        def settled(self, enrollment_id: str, data: Record, status: str) -> Record:
            sent = data.get("status", status)
            return super().settled(enrollment_id, data, status if sent in STATES else sent)

    return Violation(
        f"inputs-unchecked-{fact.lower()}",
        f"Requests are not checked for {fact}.",
        {"enrollments": KeepsAnyStatus if fact == "ENROLLMENT-ENUM" else Lenient},
        expected=(f"ENR-INPUT-{fact}",),
        declared=(*GENERATED, *CONSEQUENCES.get(fact, ())),
    )


def failing(fact: str) -> Violation:
    """A server that fails on a badly formed string."""

    class Fails(Enrollments):
        def validate(self, operation: str, body: Any) -> None:
            if any(breach.fact == fact for breach in breaches(operation, body)):
                raise RuntimeError(f"cannot read a value that breaks {fact}")
            super().validate(operation, body)

    return Violation(
        f"inputs-fails-on-{fact.lower()}",
        f"A string that breaks {fact} ends in a server error.",
        {"enrollments": Fails},
        expected=(f"ENR-INPUT-{fact}",),
        declared=GENERATED,
    )


VIOLATIONS = [
    *(unchecked(fact) for fact in facts(formats=False)),
    *(failing(fact) for fact in facts(formats=True)),
]
