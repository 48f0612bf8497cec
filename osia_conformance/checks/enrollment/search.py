"""Searches with known results: enrollments that differ in one attribute, and what each operator must find."""

from __future__ import annotations

import operator as python
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from http import HTTPStatus
from typing import Any

from osia_conformance.checks.assertions import expect_status
from osia_conformance.profile import BIOGRAPHIC, VALUES
from osia_conformance.support.compare import differences
from osia_conformance.support.json_words import kind_of, show
from osia_conformance.target.enrollment.enrollment import Enrollment
from osia_conformance.target.enrollment.enrollments import Enrollments, records_in
from osia_conformance.target.enrollment.payloads import Json, with_biographics
from osia_conformance.target.outcome_errors import (
    CannotTell,
    Inapplicable,
    Untested,
    Violation,
    body_symptom,
    search_symptom,
)
from osia_conformance.target.request import json_body
from osia_conformance.target.response import NotJson, Response
from osia_conformance.target.statuses import REFUSALS, precondition, status

UNFITTING = "a record that not all expressions fit"
"""What a search answers, as a symptom, where its expressions do not narrow it."""

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

    `types` are those of the profile whose attributes can hold them.
    """

    types: tuple[str, ...]
    values: tuple[Any, ...]
    asked: tuple[Any, ...]


DATES = Kind(("date",), VALUES["date"], ("1930-02-08", "1985-06-15", "2002-12-31"))
"""Their years, months and days rise together: any reading of a date puts them in this order."""
CALENDAR = Kind(
    ("date",),
    ("1985-11-30", "1986-02-01", "1986-02-12", "1986-10-03"),
    ("1985-12-01", "1986-02-12", "1986-09-30"),
)
"""Dates that only the calendar puts in this order."""
TEXTS = Kind(("string",), VALUES["string"], ("aaaa", "emma", "zzzz"))
NUMBERS = Kind(("number",), VALUES["number"], (1.5, 10.25, 10.5, 100.2))
INTEGERS = Kind(("integer", "number"), VALUES["integer"], (10, 1, 20))
BOOLEANS = Kind(("boolean",), VALUES["boolean"], (True, False))


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute that can be searched, where it stands, and values of one kind for it.

    A `certain` one is said to be searchable, by the vendor or the standard; others a server may not search on.
    """

    name: str
    block: str
    values: tuple[Any, ...]
    asked: tuple[Any, ...]
    certain: bool


def searchable_attribute(enrollments: Enrollments, kind: Kind) -> Attribute:
    """Return the profile's attribute for values of a kind; Inapplicable if none of them can be searched."""
    profile = enrollments.payloads.profile
    found = profile.searched(*kind.types)
    if found is None:
        raise Inapplicable(f"no attribute of type {' or '.join(kind.types)} can be searched, as the profile says")
    name, stated = found
    block = profile.holder(name) or BIOGRAPHIC
    if not stated.values or kind is CALENDAR:
        return Attribute(name, block, kind.values, kind.asked, profile.is_certain(name))
    return Attribute(name, block, stated.values, stated.values, certain=True)


def ordered_attribute(enrollments: Enrollments) -> Attribute:
    """Return an attribute with at least two values to search by, dates first; Untested if there is none."""
    for kind in (DATES, TEXTS, NUMBERS):
        if enrollments.payloads.profile.searched(*kind.types) is not None:
            return searchable_attribute(enrollments, kind)
    raise Untested("besides the marker no date, text or number can be searched, as the profile says")


def search_expression(attribute: str, operator: str, value: Any) -> Json:
    """Return one expression of a search."""
    return {"attributeName": attribute, "operator": operator, "value": value}


def require_found(enrollments: Enrollments, wanted: Iterable[Enrollment], *expressions: Json) -> None:
    """Wait until a search finds just the wanted ones, as a check needs it first (RUL-VISIBILITY).

    CannotTell if it never does; a search that answers 404 has said so itself, and the check goes on.
    """
    if not enrollments.eventually_found(wanted, *expressions, judged=False):
        precondition(enrollments.find(*expressions), 404, what="does not answer what was created")


class SearchedEnrollments:
    """Enrollments that differ in one attribute only, all of them visible to searches."""

    def __init__(self, enrollments: Enrollments, chosen: Attribute) -> None:
        self.enrollments = enrollments
        self.attribute = chosen
        self.values = chosen.values
        self._by_value = [(value, _created(enrollments, chosen, value)) for value in chosen.values]
        if not enrollments.eventually_found((enrollment for _, enrollment in self._by_value), judged=False):
            raise CannotTell("the enrollments to search for were not found by their marker")
        if not chosen.certain:
            self._require_one_value()
        self.searchable = chosen.certain or self._is_searched()

    def expect_operator(self, operator: str) -> None:
        """Judge the operator with values below, at and above the stored ones."""
        if not self.searchable:
            text = f"{self.attribute.name} as {kind_of(self.values[0])} is never found by a search"
            self.enrollments.target.observe("RUL-EXTENSIBLE", text)
            raise Inapplicable(f"{text}: which attributes can be searched is the server's choice")
        if not self._counts_the_last:
            # Whether the operator is taken at all shows all the same.
            response = self._asked(search_expression(self.attribute.name, operator, self.attribute.asked[0]))
            symptom = body_symptom(response, UNFITTING)
            raise CannotTell("several expressions do not narrow a search", response, symptom)
        for asked in self.attribute.asked:
            wanted = [value for value in self.values if COMPARE[operator](value, asked)]
            self.expect_found(wanted, search_expression(self.attribute.name, operator, asked))

    def expect_found(self, wanted: Iterable[Any], *expressions: Json) -> None:
        """Judge that a search finds just the enrollments with these values; one not seen yet may lag."""
        values = list(wanted)
        names = {enrollment.id for value, enrollment in self._by_value if value in values}
        found, response = self._found(names, *expressions)
        if found < names and not response.withheld:
            self.enrollments.eventually("expression", lambda: self._found(names, *expressions)[0] == names)
            found, response = self._found(names, *expressions)
        words = " and ".join(f"{one['attributeName']} {one['operator']} {show(one['value'])}" for one in expressions)
        expected = f"for {words}: the enrollments with {_shown(values)}"
        if found != names or not self._is_all(response):
            symptom = search_symptom(response, expressions[0]["operator"])
            raise Violation(expected, self._actual(found, response), response, symptom)

    def _is_all(self, response: Response) -> bool:
        """Return whether an answer holds no records but ours, as it must where the marker's expression counts."""
        return not response.withheld or not self._counts_the_first

    @cached_property
    def _counts_the_last(self) -> bool:
        """Whether the last of several expressions counts: one that nothing fits leaves nothing."""
        ours = search_expression(self.enrollments.payloads.marker, "=", self.enrollments.marker)
        return self._finds_nothing(ours, self._nobody)

    @cached_property
    def _counts_the_first(self) -> bool:
        """Whether the first of several expressions counts, too; where it does not, ENR-FIND-11 says so."""
        return self._finds_nothing(self._nobody, search_expression(self.attribute.name, "=", self.values[0]))

    @property
    def _nobody(self) -> Json:
        return search_expression(self.enrollments.payloads.marker, "=", f"{self.enrollments.marker}x")

    def _finds_nothing(self, *expressions: Json) -> bool:
        response = precondition(self.enrollments.find(body=json_body(list(expressions))), status(200), status(404))
        return not records_in(response) and not response.withheld

    def _found(self, names: set[str], *expressions: Json) -> tuple[set[str], Response]:
        """Return which of these enrollments a search finds; other records count where the marker's expression does."""
        response = self._asked(*expressions)
        found, response = self.enrollments.read_on(self.enrollments.named(response), response, names, *expressions)
        own = {enrollment.id for _, enrollment in self._by_value}
        return found if self._counts_the_first else found & own, response

    def _asked(self, *expressions: Json) -> Response:
        """Judge that a search with these expressions is answered; 404 is no match (RUL-NO-MATCH)."""
        return expect_status(self.enrollments.find(*expressions), 200, 404)

    def _actual(self, found: set[str], response: Response) -> str:
        values = [value for value, enrollment in self._by_value if enrollment.id in found]
        others = response.withheld + len(found - {enrollment.id for _, enrollment in self._by_value})
        if not values and not others:
            return "it found none"
        return f"it found those with {_shown(values)}" + (f" and {others} others" if others else "")

    def _require_one_value(self) -> None:
        """Raise Inapplicable if the server sets the attribute in another block itself, to another value than was sent.

        What several values of one attribute mean to a search is not defined.
        """
        name, (value, enrollment) = self.attribute.name, self._by_value[0]
        response = enrollment.read()
        for block in self.enrollments.payloads.profile.blocks:
            # A null says that there is none.
            set_here = (item[name] for item in _items(response, block) if item.get(name) is not None)
            if any(differences(value, found) for found in set_here):
                text = f"{name} is set in {block} by the server itself"
                self.enrollments.target.observe("RUL-EXTENSIBLE", text, response)
                raise Inapplicable(f"{text}: which of several values a search compares is not defined")

    def _is_searched(self) -> bool:
        """Return whether any search on the attribute that must find something does."""
        for operator, compare in COMPARE.items():
            for asked in self.attribute.asked:
                if any(compare(value, asked) for value in self.values):
                    response = self.enrollments.find(search_expression(self.attribute.name, operator, asked))
                    if response.status == HTTPStatus.OK and response.body.strip() != b"[]":
                        return True
        return False


def searched_enrollments(enrollments: Enrollments, chosen: Attribute) -> SearchedEnrollments:
    """Return enrollments that differ in this attribute; all checks that only search share them."""
    label = f"searched by {chosen.block}.{chosen.name}: {chosen.values!r}"
    return enrollments.session.shared.obtain(enrollments, label, lambda some: SearchedEnrollments(some, chosen))


def _created(enrollments: Enrollments, chosen: Attribute, value: Any) -> Enrollment:
    """Create an enrollment with the attribute where the profile has it.

    An attribute that only may be searchable is also tried as biographic data; a server with biographic data of
    its own schema may refuse that, and then the other place has to do.
    """
    if chosen.block == BIOGRAPHIC:
        return enrollments.created(enrollments.canonical(**{chosen.name: value}))
    payloads = enrollments.payloads
    if chosen.certain:
        block = {**payloads.profile.blocks[chosen.block].canonical, chosen.name: value}
        return enrollments.created({**enrollments.canonical(), chosen.block: payloads.group(chosen.block, block)})
    # Nothing else may carry the attribute: what several values of one attribute mean to a search is not defined.
    # A block that is not sent at all may get one of the server's own, with the attribute in it.
    canonical = {name: _lacking(group, chosen.name) for name, group in enrollments.canonical().items()}
    plain = {**canonical, "enrollmentFlags": payloads.group("enrollmentFlags", {chosen.name: value})}
    both = with_biographics(plain, **{chosen.name: value})
    for body in (plain,) if payloads.profile.closes(BIOGRAPHIC) else (both, plain):
        enrollment = enrollments.new()
        response = enrollment.create(body)
        if response.status not in REFUSALS:
            precondition(response)
            return enrollments.record_body(enrollment, body)
    text = f"{chosen.name} as {kind_of(value)} is refused"
    enrollments.target.observe("RUL-EXTENSIBLE", text, response)
    raise Inapplicable(f"{text}: the open blocks may have a schema of the server's own")


def _lacking(group: Any, name: str) -> Any:
    """Return a group of an enrollment, an object or a list of objects, without a member of this name."""
    if isinstance(group, list):
        return [_lacking(item, name) for item in group]
    return {key: value for key, value in group.items() if key != name} if isinstance(group, dict) else group


def _items(response: Response, block: str) -> list[Json]:
    """Return the objects of a block in a read's answer; none where the answer holds no such block."""
    try:
        record = response.json() if response.status == HTTPStatus.OK and not response.withheld else {}
    except NotJson:
        return []
    group = record.get(block) if isinstance(record, dict) else None
    return [item for item in (group if isinstance(group, list) else [group]) if isinstance(item, dict)]


def _shown(values: Iterable[Any]) -> str:
    return ", ".join(map(show, values)) or "no value"
