"""Violations of findEnrollments."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from osia_reference.app import Server
from osia_reference.calls import Call
from osia_reference.enrollments import Enrollments
from osia_reference.replies import Refusal, Reply
from osia_reference.search import COMPARISONS, Search
from osia_reference.store import Attribute, Condition, Record, Store
from tests.records import biographics
from tests.remembering import Remembering
from tests.variant import Violation

FIND = "findEnrollments"


def operators(name: str, change: str, swapped: Mapping[str, str], *expected: str, declared: str = "") -> Violation:
    """A server that reads the operators `swapped` as others."""

    class Mistaken(Search):
        def condition(self, expression: Record) -> Condition:
            operator = expression["operator"]
            return super().condition({**expression, "operator": swapped.get(operator, operator)})

    return Violation(
        f"find-{name}",
        change,
        {"search": Mistaken},
        expected=tuple(f"ENR-FIND-{number}" for number in expected),
        declared=tuple(declared.split()),
    )


def refused(name: str, operator: str, expected: str) -> Violation:
    """A server that does not know one of the six operators."""

    class Refuses(Search):
        def condition(self, expression: Record) -> Condition:
            if expression["operator"] == operator:
                raise Refusal(400, f"The operator {operator} is not supported.")
            return super().condition(expression)

    return Violation(
        f"find-refuses-{name}",
        f"The operator {operator} is refused with 400.",
        {"search": Refuses},
        expected=(expected,),
    )


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


class AnswersIds(Enrollments):
    def find(self, expressions: Any) -> list[Any]:
        return [each["enrollmentId"] for each in super().find(expressions)]


class ComparesNumbersAsText(Search):
    def indexed(self, value: object) -> tuple[str, str | int | float]:
        kind, compared = super().indexed(value)
        return (kind, str(compared)) if kind == "number" else (kind, compared)


class ComparesWholeNumbers(Search):
    def number(self, value: float) -> int | float:
        return int(value)


class RoundsNumbers(Search):
    def number(self, value: float) -> int | float:
        return round(value, -1)


class ComparesIntegersAsText(Search):
    def indexed(self, value: object) -> tuple[str, str | int | float]:
        kind, compared = super().indexed(value)
        return ("integer", str(compared)) if isinstance(compared, int) and kind == "number" else (kind, compared)


class ComparesIntegersByDigits(Search):
    """Integers are padded to two digits, then compared as text."""

    def indexed(self, value: object) -> tuple[str, str | int | float]:
        kind, compared = super().indexed(value)
        return ("integer", f"{compared:02}") if isinstance(compared, int) and kind == "number" else (kind, compared)


class TakesAllBooleansForTrue(Search):
    def indexed(self, value: object) -> tuple[str, str | int | float]:
        return ("boolean", 1) if isinstance(value, bool) else super().indexed(value)


class NeverFindsFalse(Search):
    """A member that is false counts as absent."""

    def attributes(self, record: Record) -> set[Attribute]:
        return {each for each in super().attributes(record) if each[1:] != ("boolean", 0)}


class ReadsDates(Search):
    """Compares `key` of a date."""

    def key(self, year: str, month: str, day: str) -> str:
        raise NotImplementedError

    def indexed(self, value: object) -> tuple[str, str | int | float]:
        kind, compared = super().indexed(value)
        parts = compared.split("-") if isinstance(compared, str) else []
        if len(parts) == 3 and all(part.isdigit() for part in parts):
            return kind, self.key(*parts)
        return kind, compared


class ComparesTheYear(ReadsDates):
    def key(self, year: str, month: str, day: str) -> str:
        return year


class ComparesTheMonth(ReadsDates):
    def key(self, year: str, month: str, day: str) -> str:
        return f"{year}-{month}"


class ComparesDayFirst(ReadsDates):
    def key(self, year: str, month: str, day: str) -> str:
        return f"{day}.{month}.{year}"


class ComparesMonthFirst(ReadsDates):
    def key(self, year: str, month: str, day: str) -> str:
        return f"{month}/{day}/{year}"


class ComparesUnpadded(ReadsDates):
    def key(self, year: str, month: str, day: str) -> str:
        return f"{year}-{int(month)}-{int(day)}"


class CombinesWithOr(Store):
    def find(self, conditions: Sequence[Condition]) -> Any:
        found = {each["enrollmentId"]: each for one in conditions for each in super(CombinesWithOr, self).find([one])}
        return iter(found.values())


class CountsTheFirst(Store):
    def find(self, conditions: Sequence[Condition]) -> Any:
        return super().find(conditions[:1])


class CountsTheLast(Store):
    def find(self, conditions: Sequence[Condition]) -> Any:
        return super().find(conditions[-1:])


class CountsTwo(Store):
    def find(self, conditions: Sequence[Condition]) -> Any:
        return super().find(conditions[:2])


class CountsOnePerAttribute(Enrollments):
    """Expressions are kept in a dictionary by attribute."""

    def find(self, expressions: Any) -> list[Record]:
        self.validate(FIND, expressions)
        return super().find(list({each["attributeName"]: each for each in expressions}.values()))


class RefusesSeveral(Enrollments):
    def find(self, expressions: Any) -> list[Record]:
        if isinstance(expressions, list) and len(expressions) > 1:
            raise Refusal(400, "Send one expression.")
        return super().find(expressions)


def no_match(name: str, change: str, reply: Reply, versions: str = "") -> Violation:
    """A server that answers `reply` where nothing matches."""

    class Answers(Server):
        async def find_enrollments(self, call: Call) -> Reply:
            found = await super().find_enrollments(call)
            return found if found.body else Reply(reply.status, reply.body)

    return Violation(f"find-answers-{name}", change, {"server": Answers}, expected=("ENR-FIND-12",), versions=versions)


class NeverIndexesAgain(Remembering):
    def keep(self, current: Record, data: Record, *, finalize: bool) -> None:
        status = self.status(current["status"], finalize=finalize)
        self.store.replace(
            self.settled(current["enrollmentId"], data, status), self.search.attributes(self.first(current))
        )

    def first(self, current: Record) -> Record:
        first: Record = self.kept.setdefault(current["enrollmentId"], current)
        return first


class KeepsOldEntries(Store):
    def replace(self, record: Record, attributes: Iterable[Attribute]) -> None:
        (number,) = self._execute("SELECT number FROM enrollment WHERE id = ?", (record["enrollmentId"],)).fetchone()
        old = self._execute("SELECT name, kind, value FROM attribute WHERE enrollment = ?", (number,)).fetchall()
        super().replace(record, {*attributes, *old})


class IndexesTheFirstVersionOnly(Store):
    """A change takes an enrollment out of the index."""

    def replace(self, record: Record, attributes: Iterable[Attribute]) -> None:
        named = biographics(record)
        super().replace(record, {each for each in attributes if each[0] == "firstName" or each[0] not in named})


class AnswersTheFirstVersion(Remembering):
    def find(self, expressions: Any) -> list[Record]:
        return [self.kept.setdefault(each["enrollmentId"], each) for each in super().find(expressions)]


class Showing(Enrollments):
    """Finds what `shown` makes of each record."""

    def shown(self, record: Record) -> Record:
        raise NotImplementedError

    def find(self, expressions: Any) -> list[Record]:
        return [self.shown(each) for each in super().find(expressions)]


class ShowsAllAsFinalized(Showing):
    def shown(self, record: Record) -> Record:
        return {**record, "status": "FINALIZED"}


class ShowsNamesInCapitals(Showing):
    def shown(self, record: Record) -> Record:
        texts = {n: value.upper() for n, value in biographics(record).items() if isinstance(value, str)}
        return {**record, "biographicData": {**biographics(record), **texts}} if texts else record


class ShowsNoList(Showing):
    def shown(self, record: Record) -> Record:
        return {**record, "biometricData": [], "documentData": []}


class MixesUp(Enrollments):
    """Each found enrollment carries the person of the one created last."""

    def find(self, expressions: Any) -> list[Record]:
        people = [biographics(each) for each in self.store.find([])]
        return [{**each, "biographicData": {**people[-1], "gender": "X"}} for each in super().find(expressions)]


def part(name: str, change: str, replaced: Mapping[str, type], *expected: str, declared: str = "") -> Violation:
    return Violation(
        f"find-{name}",
        change,
        replaced,
        expected=tuple(f"ENR-FIND-{number}" for number in expected),
        declared=tuple(declared.split()),
    )


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
        refused(name, operator, f"ENR-FIND-{number}")
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
    part("crashes-for-apostrophes", "An apostrophe in a value is a server error.", {"search": BreaksOnQuotes}, "01"),
    part("compares-any-attribute", "A value is found in any attribute.", {"search": ComparesAnyAttribute}, "01"),
    part("answers-everything", "A search answers all enrollments.", {"enrollments": FindsAll}, "01"),
    part("answers-nothing", "A search never finds anything.", {"enrollments": FindsNothing}, "01"),
    part("answers-one", "A search answers its first match only.", {"enrollments": FindsTheFirst}, "01"),
    part("answers-ten", "A search answers ten matches at most.", {"enrollments": FindsTen}, "01"),
    part("answers-finalized-only", "Open enrollments are not found.", {"enrollments": FindsFinalizedOnly}, "01"),
    part("answers-ids", "A search answers ids in place of enrollments.", {"enrollments": AnswersIds}, "01"),
    part("compares-numbers-as-text", "9.5 is more than 10.5.", {"search": ComparesNumbersAsText}, "07"),
    part("compares-whole-numbers", "Fractions are cut off.", {"search": ComparesWholeNumbers}, "07"),
    part("rounds-numbers", "Numbers are rounded to tens.", {"search": RoundsNumbers}, "07"),
    part("compares-integers-as-text", "9 is more than 10.", {"search": ComparesIntegersAsText}, "08"),
    part("compares-integers-by-digits", "100 is less than 11.", {"search": ComparesIntegersByDigits}, "08"),
    part("takes-booleans-for-true", "false is found as true.", {"search": TakesAllBooleansForTrue}, "09"),
    part("never-finds-false", "A member that is false counts as absent.", {"search": NeverFindsFalse}, "09"),
    part("compares-years", "Of a date only the year is compared.", {"search": ComparesTheYear}, "10"),
    part("compares-months", "Of a date the day is not compared.", {"search": ComparesTheMonth}, "10"),
    part("compares-day-first", "Dates are compared day first.", {"search": ComparesDayFirst}, "10"),
    part("compares-month-first", "Dates are compared month first.", {"search": ComparesMonthFirst}, "10"),
    part("compares-unpadded-dates", "1986-10-03 comes before 1986-2-1.", {"search": ComparesUnpadded}, "10"),
    part("combines-with-or", "One expression that holds is enough.", {"store": CombinesWithOr}, "11"),
    part("counts-the-first", "Only the first expression counts.", {"store": CountsTheFirst}, "11"),
    part("counts-the-last", "Only the last expression counts.", {"store": CountsTheLast}, "11"),
    part("counts-two", "A third expression is ignored.", {"store": CountsTwo}, "11"),
    part(
        "counts-one-per-attribute",
        "Of two expressions on one attribute the last counts.",
        {"enrollments": CountsOnePerAttribute},
        "11",
    ),
    part("refuses-several", "Several expressions are refused.", {"enrollments": RefusesSeveral}, "11"),
    no_match("404-in-later-versions", "A search without a match answers 404.", Reply(404, {}), ">=1.1.0"),
    no_match("no-content", "A search without a match answers 204.", Reply(204)),
    no_match("an-empty-body", "A search without a match answers 200 and no body.", Reply(200)),
    no_match("an-object", "A search without a match answers an object.", Reply(200, {"results": []})),
    no_match("an-error", "A search without a match ends in a server error.", Reply(500)),
    no_match("bad-request", "A search without a match answers 400.", Reply(400)),
    part("never-indexes-again", "Changes do not reach the index.", {"enrollments": NeverIndexesAgain}, "13"),
    part("keeps-old-entries", "Old values stay in the index.", {"store": KeepsOldEntries}, "13"),
    part("forgets-changed", "Changed enrollments leave the index.", {"store": IndexesTheFirstVersionOnly}, "13"),
    part("shows-the-first-version", "What is found is as it once was.", {"enrollments": AnswersTheFirstVersion}, "14"),
    part("shows-all-as-finalized", "What is found is FINALIZED.", {"enrollments": ShowsAllAsFinalized}, "14"),
    part("shows-capitals", "What is found has its names in capitals.", {"enrollments": ShowsNamesInCapitals}, "14"),
    part("shows-no-lists", "What is found has empty lists.", {"enrollments": ShowsNoList}, "14"),
    part("mixes-up", "What is found carries another person's data.", {"enrollments": MixesUp}, "14"),
]
