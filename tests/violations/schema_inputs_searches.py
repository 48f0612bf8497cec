"""Violations of the schema that searches get away with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from osia_conformance.target.enrollment.payloads import EXTENSION, without
from osia_reference.enrollments import Enrollments
from osia_reference.store import Record
from tests.harness.variant import Violation

Expressions = Any


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
