"""Searches with known results: enrollments that differ in one attribute, and what each operator must find."""

from __future__ import annotations

import operator as python
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from osia_conformance.business_rules import REFUSALS
from osia_conformance.enrollments import Enrollment, Enrollments
from osia_conformance.exchange import Answer
from osia_conformance.expectations import (
    CannotTell,
    Inapplicable,
    eventually,
    expect,
    expect_status,
    precondition,
)
from osia_conformance.samples import BOOLEAN, DATE, MARKER, NUMBER, TEXT, Json, with_biographics, without

COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": python.eq,
    "!=": python.ne,
    "<": python.lt,
    "<=": python.le,
    ">": python.gt,
    ">=": python.ge,
}


@dataclass(frozen=True, slots=True)
class Kind:
    """Values of one type: those that are stored, and those below, between and above that are asked for as well.

    `certain` attributes stand in the standard's own search example; others a server may not search on.
    """

    attribute: str
    values: tuple[Any, ...]
    asked: tuple[Any, ...]
    certain: bool = False


DATES = Kind(DATE, ("1970-03-09", "1985-06-15", "2001-11-30"), ("1969-02-08", "1985-06-15", "2002-12-31"), certain=True)
"""Their years, months and days rise together: any reading of a date puts them in this order."""
CALENDAR = Kind(
    DATE,
    ("1985-11-30", "1986-02-01", "1986-02-12", "1986-10-03"),
    ("1985-12-01", "1986-02-12", "1986-09-30"),
    certain=True,
)
"""Dates that only the calendar puts in this order."""
TEXTS = Kind(TEXT, ("anna", "emma", "nina"), ("aaaa", "emma", "zzzz"))
NUMBERS = Kind(NUMBER, (9.5, 10.5, 100.25), (1.5, 10.25, 10.5, 200.5))
INTEGERS = Kind(NUMBER, (9, 10, 100), (10, 1, 20))
BOOLEANS = Kind(BOOLEAN, (False, True), (True, False))


def expression(attribute: str, operator: str, value: Any) -> Json:
    """Return one expression of a search."""
    return {"attributeName": attribute, "operator": operator, "value": value}


class Searched:
    """Enrollments that differ in one attribute only, all of them visible to searches."""

    def __init__(self, enrollments: Enrollments, kind: Kind) -> None:
        self.enrollments = enrollments
        self.kind = kind
        self.values = kind.values
        self._by_value = [(value, _created(enrollments, kind, value)) for value in kind.values]
        if not enrollments.eventually_found(enrollment for _, enrollment in self._by_value):
            raise CannotTell("the enrollments to search for were not found by their marker")
        self.searchable = kind.certain or self._is_searched()

    def expect_operator(self, operator: str) -> None:
        """Judge the operator with values below, at and above the stored ones."""
        if not self.searchable:
            text = f"{self.kind.attribute} as {type(self.values[0]).__name__} is never found by a search"
            self.enrollments.target.observe("RUL-EXTENSIBLE", text)
            raise Inapplicable(f"{text}: which attributes can be searched is the server's choice")
        if self.enrollments.found(expression(MARKER, "=", f"{self.enrollments.marker}x"))[0]:
            raise CannotTell("a second expression does not narrow a search")
        for asked in self.kind.asked:
            wanted = [value for value in self.values if COMPARE[operator](value, asked)]
            self.expect_found(wanted, expression(self.kind.attribute, operator, asked))

    def expect_found(self, wanted: Iterable[Any], *expressions: Json) -> None:
        """Judge that a search finds just the enrollments with these values; one not seen yet may lag."""
        values = list(wanted)
        names = {enrollment.id for value, enrollment in self._by_value if value in values}
        found, answer = self._found(names, *expressions)
        if found < names and not answer.withheld:
            within = self.enrollments.visible_within
            eventually(lambda: self._found(names, *expressions)[0] == names, within)
            found, answer = self._found(names, *expressions)
        words = " and ".join(f"{one['attributeName']} {one['operator']} {one['value']!r}" for one in expressions)
        expected = f"for {words}: the enrollments with {_shown(values)}"
        expect(found == names and not answer.withheld, expected, self._actual(found, answer), answer)

    def _found(self, names: set[str], *expressions: Json) -> tuple[set[str], Answer]:
        answer = self._asked(*expressions)
        return self.enrollments.read_on(self.enrollments.named(answer), answer, names, *expressions)

    def _asked(self, *expressions: Json) -> Answer:
        """Judge that a search with these expressions is answered; 404 is no match (RUL-NO-MATCH)."""
        return expect_status(self.enrollments.find(*expressions), 200, 404)

    def _actual(self, found: set[str], answer: Answer) -> str:
        values = [value for value, enrollment in self._by_value if enrollment.id in found]
        others = answer.withheld + len(found - {enrollment.id for _, enrollment in self._by_value})
        return f"it found those with {_shown(values)}" + (f" and {others} others" if others else "")

    def _is_searched(self) -> bool:
        """Return whether any search on the attribute that must find something does."""
        for operator, compare in COMPARE.items():
            for asked in self.kind.asked:
                if any(compare(value, asked) for value in self.values):
                    answer = self.enrollments.find(expression(self.kind.attribute, operator, asked))
                    if answer.status == 200 and answer.body.strip() != b"[]":  # noqa: PLR2004
                        return True
        return False


def _created(enrollments: Enrollments, kind: Kind, value: Any) -> Enrollment:
    """Create an enrollment with the attribute: where the standard's example has it, and as biographic data.

    A server with biographic data of its own schema may refuse the second place; then the first has to do.
    """
    if kind.attribute in (DATE, TEXT):
        return enrollments.created(enrollments.canonical(**{kind.attribute: value}))
    # Nothing else may carry the attribute: what several values of one attribute mean to a search is not defined.
    plain = {
        **without(enrollments.canonical(), "requestData"),
        "enrollmentFlags": enrollments.samples.group("enrollmentFlags", {kind.attribute: value}),
    }
    both = with_biographics(plain, **{kind.attribute: value})
    enrollment = enrollments.new()
    answer = enrollment.create(both)
    if answer.status not in REFUSALS:
        precondition(answer)
        return enrollments.remember(enrollment, both)
    enrollment = enrollments.new()
    answer = enrollment.create(plain)
    if answer.status in REFUSALS:
        text = f"{kind.attribute} as {type(value).__name__} is refused"
        enrollments.target.observe("RUL-EXTENSIBLE", text, answer)
        raise Inapplicable(f"{text}: the open blocks may have a schema of the server's own")
    precondition(answer)
    return enrollments.remember(enrollment, plain)


def _shown(values: Iterable[Any]) -> str:
    return ", ".join(repr(value) for value in values) or "no value"
