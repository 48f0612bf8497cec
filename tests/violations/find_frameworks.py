"""Violations of findEnrollments by what search engines and drivers of databases do with values and pages."""

import re
from typing import Any

from osia_reference.app import Server
from osia_reference.calls import Call
from osia_reference.search import Search
from osia_reference.store import Condition, Record
from tests.harness.variant import Violation

WINDOW = 10_000


class MatchesAnyWord(Search):
    """Compares words, of which one is enough."""

    def condition(self, expression: Record) -> Condition:
        name, value = expression["attributeName"], expression["value"]
        if expression["operator"] != "=" or not isinstance(value, str):
            return super().condition(expression)
        words = re.findall(r"\w+", value) or [value]
        return Condition(
            f"name = ? AND ({' OR '.join('instr(lower(value), ?) > 0' for _ in words)})",
            (name, *map(str.lower, words)),
        )


class FailsOutsideAscii(Search):
    def condition(self, expression: Record) -> Condition:
        str(expression["value"]).encode("latin-1")
        return super().condition(expression)


class FailsForOperatorNames(Search):
    def condition(self, expression: Record) -> Condition:
        if expression["attributeName"].startswith("$"):
            raise RuntimeError("unknown top level operator")
        return super().condition(expression)


class HasAWindow(Server):
    def parse_paging(self, call: Call) -> tuple[int, int | None]:
        offset, limit = super().parse_paging(call)
        if offset + (limit or 0) > WINDOW:
            raise RuntimeError("the result window is too large")
        return offset, limit


def part(name: str, change: str, expected: str, versions: str = "", **parts: type[Any]) -> Violation:
    return Violation(f"find-{name}", change, parts, expected=(expected,), versions=versions)


VIOLATIONS = [
    part(
        "matches-any-word",
        "= finds what has a word of the value, as Elasticsearch does.",
        "ENR-FIND-01",
        search=MatchesAnyWord,
    ),
    part(
        "crashes-outside-ascii", "A value outside Latin-1 is a server error.", "ENR-FIND-18", search=FailsOutsideAscii
    ),
    part(
        "crashes-for-names-of-operators",
        "A name that begins with $ is a server error, as in MongoDB.",
        "ENR-FIND-18",
        search=FailsForOperatorNames,
    ),
    part(
        "has-a-window",
        "A page beyond 10,000 matches is a server error, as in Elasticsearch.",
        "ENR-GENERATED-02-FIND",
        ">=1.1.0",
        server=HasAWindow,
    ),
]
