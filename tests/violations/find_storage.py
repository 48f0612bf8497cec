"""Violations by the rows and indexes that a search goes by."""

from typing import Any

from osia_reference.enrollments import Enrollments
from osia_reference.search import Search
from osia_reference.store import Record
from tests.harness.variant import Violation


class JoinsBiometrics(Enrollments):
    def find(self, expressions: Any) -> list[Record]:
        return [record for record in super().find(expressions) if record.get("biometricData")]


class KeepsOneDecimal(Search):
    def indexed(self, value: object) -> tuple[str, str | int | float]:
        kind, indexed = super().indexed(value)
        return kind, round(indexed, 1) if isinstance(indexed, float) else indexed


def answering(rows: Any) -> type[Enrollments]:
    """Return a server whose search answers each match `rows(record, expressions)` times."""

    class Joins(Enrollments):
        def find(self, expressions: Any) -> list[Record]:
            return [one for record in super().find(expressions) for one in [record] * rows(record, expressions)]

    return Joins


class CountsFrom1970(Search):
    """Keeps dates as days since 1970, which are never below zero."""

    def indexed(self, value: object) -> tuple[str, str | int | float]:
        kind, indexed = super().indexed(value)
        early = isinstance(indexed, str) and len(indexed) == 10 and indexed[4::3] == "--" and indexed < "1970"
        return kind, "1970-01-01" if early else indexed


def repeated(name: str, change: str, rows: Any) -> Violation:
    parts = {"enrollments": answering(rows)}
    return Violation(f"find-repeats-{name}", change, parts, expected=("ENR-FIND-16",), declared=("ENR-PAGE-*",))


def part(name: str, change: str, expected: str, declared: tuple[str, ...] = (), **parts: type[Any]) -> Violation:
    return Violation(name, change, parts, expected=(expected,), declared=declared)


VIOLATIONS = [
    repeated("all", "A search answers each match twice.", lambda record, expressions: 2),
    repeated(
        "for-each-finger",
        "A match is answered once for each biometric item.",
        lambda record, expressions: max(1, len(record.get("biometricData", []))),
    ),
    repeated(
        "for-each-expression",
        "A match is answered once for each expression.",
        lambda record, expressions: len(expressions) or 1,
    ),
    part("find-wants-biometrics", "Without biometrics nothing is found.", "ENR-FIND-01", enrollments=JoinsBiometrics),
    part("find-keeps-one-decimal", "Numbers are compared to one decimal.", "ENR-FIND-07", search=KeepsOneDecimal),
    part(
        "find-counts-days-from-1970",
        "Dates before 1970 are found as its first day.",
        "ENR-FIND-01",
        ("ENR-FIND-*",),
        search=CountsFrom1970,
    ),
]
