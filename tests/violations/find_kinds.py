"""Violations of findEnrollments: how numbers, booleans and dates are compared."""

from __future__ import annotations

from osia_reference.search import Search
from osia_reference.store import Attribute, Record
from tests.violations.find import part


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


VIOLATIONS = [
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
]
