"""Violations of findEnrollments: what an operator, a value and an attribute mean, and what is answered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from osia_reference.enrollments import Enrollments
from osia_reference.replies import Refusal
from osia_reference.search import COMPARISONS, Search
from osia_reference.store import Condition, Record
from tests.harness.variant import Violation


def part(name: str, change: str, replaced: Mapping[str, type], *expected: str) -> Violation:
    """A server of which one part is replaced; it breaks the requirements ENR-FIND-`expected`."""
    return Violation(f"find-{name}", change, replaced, expected=tuple(f"ENR-FIND-{number}" for number in expected))


def operators(name: str, change: str, swapped: Mapping[str, str], *expected: str) -> Violation:
    """A server that reads the operators `swapped` as others."""

    class Mistaken(Search):
        def condition(self, expression: Record) -> Condition:
            operator = expression["operator"]
            return super().condition({**expression, "operator": swapped.get(operator, operator)})

    return part(name, change, {"search": Mistaken}, *expected)


def refused(name: str, operator: str, expected: str) -> Violation:
    """A server that does not know one of the six operators."""

    class Refuses(Search):
        def condition(self, expression: Record) -> Condition:
            if expression["operator"] == operator:
                raise Refusal(400, f"The operator {operator} is not supported.")
            return super().condition(expression)

    return part(f"refuses-{name}", f"The operator {operator} is refused with 400.", {"search": Refuses}, expected)


class ComparesByPrefix(Search):
    def condition(self, expression: Record) -> Condition:
        if expression["operator"] == "=" and isinstance(expression["value"], str):
            return Condition("name = ? AND value LIKE ? || '%'", (expression["attributeName"], expression["value"]))
        return super().condition(expression)


class ComparesBySubstring(Search):
    def condition(self, expression: Record) -> Condition:
        if expression["operator"] == "=" and isinstance(expression["value"], str):
            return Condition("name = ? AND instr(value, ?) > 0", (expression["attributeName"], expression["value"]))
        return super().condition(expression)


class KnowsWildcards(Search):
    def condition(self, expression: Record) -> Condition:
        condition = super().condition(expression)
        if expression["operator"] == "=" and isinstance(expression["value"], str):
            condition = Condition("name = ? AND kind = ? AND value LIKE ?", condition.parameters)
        return condition


class BreaksOnQuotes(Search):
    def condition(self, expression: Record) -> Condition:
        if "'" in str(expression["value"]):
            raise RuntimeError("the statement cannot be parsed")
        return super().condition(expression)


class ComparesAnyAttribute(Search):
    """The attribute's name is not looked at."""

    def condition(self, expression: Record) -> Condition:
        condition = super().condition(expression)
        return Condition(condition.sql.replace("name = ?", "? <> ''"), condition.parameters)


class FindsAll(Enrollments):
    def find(self, expressions: Any) -> list[Record]:
        super().find(expressions)
        return list(self.store.find([]))


class FindsNothing(Enrollments):
    def find(self, expressions: Any) -> list[Record]:
        super().find(expressions)
        return []


class FindsTheFirst(Enrollments):
    def find(self, expressions: Any) -> list[Record]:
        return super().find(expressions)[:1]


class FindsTen(Enrollments):
    def find(self, expressions: Any) -> list[Record]:
        return super().find(expressions)[:10]


class FindsFinalizedOnly(Enrollments):
    def find(self, expressions: Any) -> list[Record]:
        return [each for each in super().find(expressions) if each["status"] == "FINALIZED"]


class FindsFewDocuments(Enrollments):
    """Joins each record with its documents, and leaves out what comes twice."""

    def find(self, expressions: Any) -> list[Record]:
        return [each for each in super().find(expressions) if len(each.get("documentData", ())) < 2]


class AnswersIds(Enrollments):
    def find(self, expressions: Any) -> list[Any]:
        return [each["enrollmentId"] for each in super().find(expressions)]


VIOLATIONS = [
    operators("takes-unequal-for-equal", "!= finds what = does.", {"!=": "="}, "02"),
    operators("takes-less-for-at-most", "< finds equal values too.", {"<": "<="}, "03"),
    operators("takes-at-most-for-less", "<= does not find equal values.", {"<=": "<"}, "04"),
    operators("takes-greater-for-at-least", "> finds equal values too.", {">": ">="}, "05"),
    operators("takes-at-least-for-greater", ">= does not find equal values.", {">=": ">"}, "06"),
    operators("swaps-less-and-greater", "< and > are swapped.", {"<": ">", ">": "<"}, "03", "05"),
    operators("swaps-at-most-and-at-least", "<= and >= are swapped.", {"<=": ">=", ">=": "<="}, "04", "06"),
    operators(
        "knows-equality-only",
        "Whatever the operator, equal values are found.",
        dict.fromkeys(COMPARISONS, "="),
        *("02", "03", "04", "05", "06"),
    ),
    *(
        refused(name, operator, number)
        for number, name, operator in (
            ("02", "unequal", "!="),
            ("03", "less", "<"),
            ("04", "at-most", "<="),
            ("05", "greater", ">"),
            ("06", "at-least", ">="),
        )
    ),
    part("compares-by-prefix", "= finds what begins with the value.", {"search": ComparesByPrefix}, "01"),
    part("compares-by-substring", "= finds what contains the value.", {"search": ComparesBySubstring}, "01"),
    part("knows-wildcards", "% and _ in a value stand for any characters.", {"search": KnowsWildcards}, "01"),
    part(
        "crashes-for-apostrophes", "An apostrophe in a value is a server error.", {"search": BreaksOnQuotes}, "01", "18"
    ),
    part("compares-any-attribute", "A value is found in any attribute.", {"search": ComparesAnyAttribute}, "01"),
    part("answers-everything", "A search answers all enrollments.", {"enrollments": FindsAll}, "01"),
    part("answers-nothing", "A search never finds anything.", {"enrollments": FindsNothing}, "01"),
    part("answers-one", "A search answers its first match only.", {"enrollments": FindsTheFirst}, "01"),
    part("answers-ten", "A search answers ten matches at most.", {"enrollments": FindsTen}, "01"),
    part("answers-finalized-only", "Open enrollments are not found.", {"enrollments": FindsFinalizedOnly}, "01"),
    part("misses-documents", "What has two documents is not found.", {"enrollments": FindsFewDocuments}, "01"),
    part("answers-ids", "A search answers ids in place of enrollments.", {"enrollments": AnswersIds}, "01"),
]
