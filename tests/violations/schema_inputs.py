"""Violations of the schema that requests get away with: for each fact a validation that leaves it out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from osia_conformance.checks.enrollment.schema_faults import FAULTS
from osia_conformance.standard.operations import by_code
from osia_conformance.standard.specification import load_specification
from osia_conformance.target.enrollment.payloads import EXTENSION, without
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


def searches(name: str, change: str, fact: str, read: Callable[[Expressions], Expressions]) -> Violation:
    """A server that makes something of a search that it should refuse."""

    class Reads(Enrollments):
        def find(self, expressions: Any) -> list[Record]:
            return super().find(read(expressions) if isinstance(expressions, list | dict) else expressions)

    return Violation(
        f"inputs-{name}",
        change,
        {"enrollments": Reads},
        expected=(f"ENR-INPUT-{fact}",),
        declared=("ENR-GENERATED-03-FIND",),
    )


def each(change: Callable[[Any], Any]) -> Callable[[Expressions], Expressions]:
    """Read every expression in another way; None leaves it out."""

    def read(expressions: Expressions) -> Expressions:
        if not isinstance(expressions, list):
            return expressions
        return [changed for expression in expressions if (changed := change(expression)) is not None]

    return read


def members(change: Callable[[Record], Any]) -> Callable[[Expressions], Expressions]:
    """Read every expression that is an object in another way."""
    return each(lambda expression: change(expression) if isinstance(expression, dict) else expression)


def operator(read: Callable[[str], str | None]) -> Callable[[Expressions], Expressions]:
    """Read operators in another way; None leaves the expression out."""

    def changed(expression: Record) -> Any:
        if not isinstance(expression.get("operator"), str):
            return expression
        taken = read(expression["operator"])
        return None if taken is None else {**expression, "operator": taken}

    return members(changed)


def alias(more: str, known: str) -> Callable[[str], str | None]:
    return lambda sent: known if sent == more else sent


KNOWN = ("=", "!=", "<", "<=", ">", ">=")
WHOLE = {"attributeName", "operator", "value"}
ENUM, REQUIRED, ONEOF = "EXPRESSION-ENUM", "EXPRESSION-REQUIRED", "EXPRESSION-ONEOF"


def plain(value: Any) -> bool:
    return isinstance(value, str | int | float)


def crash(name: str) -> Any:
    raise KeyError(name)


VIOLATIONS = [
    searches(
        "read-more-of-expressions",
        "An expression may be turned round by a member of the server's own.",
        "EXPRESSION-ADDITIONALPROPERTIES",
        members(
            lambda one: {**without(one, EXTENSION), "operator": "!="} if EXTENSION in one else one,
        ),
    ),
    searches(
        "crash-for-more-of-expressions",
        "An expression with an unknown member ends in a server error.",
        "EXPRESSION-ADDITIONALPROPERTIES",
        members(lambda one: crash(EXTENSION) if EXTENSION in one else one),
    ),
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
    searches(
        "take-unknown-operators-for-equal",
        "An unknown operator counts as =.",
        ENUM,
        operator(lambda sent: sent if sent in KNOWN else "="),
    ),
    searches(
        "ignore-unknown-operators",
        "An expression with an unknown operator is ignored.",
        ENUM,
        operator(lambda sent: sent if sent in KNOWN else None),
    ),
    *(
        searches(f"know-{name}", f"The operator {more!r} is taken for {known}.", ENUM, operator(alias(more, known)))
        for name, more, known in (
            ("like", "LIKE", "="),
            ("double-equals", "==", "="),
            ("unequal-as-in-sql", "<>", "!="),
            ("empty-operators", "", "="),
        )
    ),
    searches(
        "ignore-parts-of-expressions",
        "An expression that lacks a member is ignored.",
        REQUIRED,
        members(lambda one: one if one.keys() >= WHOLE else None),
    ),
    searches(
        "complete-operators",
        "A missing operator counts as =.",
        REQUIRED,
        members(lambda one: {"operator": "=", **one}),
    ),
    searches(
        "complete-values",
        "A missing value counts as an empty text.",
        REQUIRED,
        members(lambda one: {"value": "", **one}),
    ),
    searches(
        "complete-names",
        "A missing name counts as lastName.",
        REQUIRED,
        members(lambda one: {"attributeName": "lastName", **one}),
    ),
    searches(
        "take-null-values",
        "The value null is taken for an empty text.",
        ONEOF,
        members(lambda one: {**one, "value": ""} if one.get("value", "") is None else one),
    ),
    searches(
        "take-listed-values",
        "A list as value stands for its first element.",
        ONEOF,
        members(lambda one: {**one, "value": one["value"][0]} if isinstance(one.get("value"), list) else one),
    ),
    searches(
        "take-any-values",
        "An object as value counts as its text.",
        ONEOF,
        members(lambda one: {**one, "value": str(one["value"])} if not plain(one.get("value", "")) else one),
    ),
    searches(
        "take-numbers-as-names",
        "An attribute may be named by a number.",
        "EXPRESSION-TYPE",
        members(lambda one: {**one, "attributeName": str(one["attributeName"])} if "attributeName" in one else one),
    ),
    searches(
        "ignore-what-is-no-expression",
        "What is no object in a search is ignored.",
        "EXPRESSION-TYPE",
        each(lambda one: one if isinstance(one, dict) else None),
    ),
    searches(
        "take-one-expression",
        "A search may be a single expression in place of a list.",
        "EXPRESSIONS-TYPE",
        lambda expressions: [expressions] if isinstance(expressions, dict) else expressions,
    ),
    searches(
        "take-an-object-of-expressions",
        "A search may be an object: its members are not looked at.",
        "EXPRESSIONS-TYPE",
        lambda expressions: [] if isinstance(expressions, dict) else expressions,
    ),
]
