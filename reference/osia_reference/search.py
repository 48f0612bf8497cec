"""Search: which attributes of a record can be searched on, and what an expression asks of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from osia_reference.store import Attribute, Condition, Record

GROUPS = ("biographicData", "requestData", "enrollmentFlags", "contextualData", "documentData")
COMPARISONS = {"=": "=", "<": "<", "<=": "<=", ">": ">", ">=": ">=", "!=": "!="}


def items(group: object) -> list[Record]:
    """Return the objects of a group, which is an object or a list of them."""
    return [each for each in (group if isinstance(group, list) else [group]) if isinstance(each, dict)]


class Search:
    """Like is compared with like: numbers by value, texts by code point, false before true."""

    def attributes(self, record: Record) -> set[Attribute]:
        """Return what is indexed of a record: (name, kind, value)."""
        return {(name, *self.indexed(value)) for name, value in self.members(record)}

    def members(self, record: Record) -> Iterator[tuple[str, Any]]:
        """Yield the searchable members: the record's own plain ones, then those of its groups."""
        yield from ((name, value) for name, value in record.items() if not isinstance(value, dict | list))
        for group in GROUPS:
            for item in items(record.get(group)):
                yield from item.items()

    def indexed(self, value: object) -> tuple[str, str | int | float]:
        """Return the kind of a JSON value and what is compared; null, objects and lists merely exist."""
        if isinstance(value, bool):
            return "boolean", int(value)
        if isinstance(value, int | float):
            return "number", self.number(value)
        return ("text", value) if isinstance(value, str) else ("other", "")

    def number(self, value: int | float) -> int | float:
        """Return a number that SQLite can hold: an integer beyond 64 bits as a double, or as infinity."""
        if -(2**63) <= value < 2**63:
            return value
        try:
            return float(value)
        except OverflowError:
            return float("inf") if value > 0 else float("-inf")

    def condition(self, expression: Record) -> Condition:
        """Translate one expression; another kind than the value's differs, and is neither more nor less."""
        name, operator = expression["attributeName"], expression["operator"]
        parameters = (name, *self.indexed(expression["value"]))
        if operator == "!=":
            return Condition("name = ? AND NOT (kind = ? AND value = ?)", parameters)
        return Condition(f"name = ? AND kind = ? AND value {self.comparison(operator)} ?", parameters)

    def comparison(self, operator: str) -> str:
        """Return the SQL operator for one of the interface's."""
        return COMPARISONS[operator]
