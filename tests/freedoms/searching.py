"""What a search and a filtered read may answer (rulings 17 to 19, 21 and 26)."""

import re
from collections.abc import Sequence
from typing import Any

from osia_reference.enrollments import ALWAYS, Enrollments
from osia_reference.replies import Refusal
from osia_reference.search import GROUPS, Search, items
from osia_reference.store import Attribute, Condition, Record
from tests.harness.variant import Freedom

NUMBERS = ("ENR-FIND-07", "ENR-FIND-08", "ENR-FIND-09")
EXAMPLES = ("firstName", "dateOfBirth")
DATE = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
KNOWN = {
    *("enrollmentId", "status", "enrollmentType", "enrollmentFlags", "requestData"),
    *("biographicData", "biometricData", "documentData", "lastName", "firstName", "deliveryPlace"),
    *("documentType", "contextualData"),
}


class NotFound(Enrollments):
    def find(self, expressions: Any) -> list[Record]:
        found = super().find(expressions)
        if not found:
            raise Refusal(404, "Nothing matches.")
        return found


class ShortResults(Enrollments):
    """The required members and the id of each match, the newest first."""

    def find(self, expressions: Any) -> list[Record]:
        names = ("enrollmentId", "status", "enrollmentType", "biometricData")
        found = reversed(super().find(expressions))
        return [{name: each[name] for name in names if name in each} for each in found]


class TextsOnly(Search):
    def attributes(self, record: Record) -> set[Attribute]:
        return {each for each in super().attributes(record) if each[1] == "text"}


def values(expressions: Any) -> list[Any]:
    found = expressions if isinstance(expressions, list) else []
    return [each.get("value") for each in found if isinstance(each, dict)]


class RefusesNumbers(Enrollments):
    def find(self, expressions: Any) -> list[Record]:
        if any(isinstance(value, int | float) for value in values(expressions)):
            raise Refusal(400, "Texts only.")
        return super().find(expressions)


class RefusesIntegers(Enrollments):
    """As a strict validator reads oneOf."""

    def find(self, expressions: Any) -> list[Record]:
        if any(isinstance(value, int) and not isinstance(value, bool) for value in values(expressions)):
            raise Refusal(400, "The value matches two alternatives.")
        return super().find(expressions)


class ExampleNamesOnly(Enrollments):
    def find(self, expressions: Any) -> list[Record]:
        self.validate("findEnrollments", expressions)
        if any(each["attributeName"] not in EXAMPLES for each in expressions):
            raise Refusal(400, "This attribute cannot be searched on.")
        return super().find(expressions)


class IgnoresCase(Search):
    def indexed(self, value: object) -> tuple[str, str | int | float]:
        kind, indexed = super().indexed(value)
        return kind, indexed.casefold() if isinstance(indexed, str) else indexed


class AbsentDiffers(Search):
    """A record without the attribute has another value too."""

    def condition(self, expression: Record) -> Condition:
        condition = super().condition(expression)
        if expression["operator"] != "!=":
            return condition
        same = "SELECT enrollment FROM attribute WHERE name = ? AND kind = ? AND value = ?"
        return Condition(f"enrollment NOT IN ({same})", condition.parameters)


class Collates(Search):
    """Texts are compared without case, and without white space at their ends."""

    def indexed(self, value: object) -> tuple[str, str | int | float]:
        kind, indexed = super().indexed(value)
        return kind, indexed.casefold().strip() if isinstance(indexed, str) else indexed


class HasTypes(Enrollments):
    """Each attribute has a type: other values are refused, and other attributes have none."""

    known = ("firstName", "lastName", "dateOfBirth", "gender", "nationality")

    def find(self, expressions: Any) -> list[Record]:
        self.validate("findEnrollments", expressions)
        for each in expressions:
            if each["attributeName"] in self.known and not isinstance(each["value"], str):
                raise Refusal(400, "This attribute is a text.")
            if each["attributeName"] == "dateOfBirth" and not DATE.fullmatch(each["value"]):
                raise Refusal(400, "This attribute is a date.")
        if any(each["attributeName"] not in self.known for each in expressions):
            return []
        return super().find(expressions)


class PathNames(Enrollments):
    """Members are named behind their group's name; all else is unknown."""

    def limited(self, record: Record, attributes: Sequence[str]) -> Record:
        paths = [name.partition(".") for name in attributes]
        if not all(point for _, point, _ in paths):
            raise Refusal(400, "Name a member by its path.")
        kept = {name: self.limited_group(record.get(name), [one for _, _, one in paths]) for name, _, _ in paths}
        return {name: value for name, value in {**super().limited(record, ()), **kept}.items() if value}


class GroupNames(Enrollments):
    def limited(self, record: Record, attributes: Sequence[str]) -> Record:
        return {name: value for name, value in record.items() if name in (*attributes, *ALWAYS)}


class MemberNames(Enrollments):
    def limited(self, record: Record, attributes: Sequence[str]) -> Record:
        if set(attributes) & set(GROUPS):
            raise Refusal(400, "Name the members, not their group.")
        return super().limited(record, attributes)


class KnownGroups(GroupNames):
    def limited(self, record: Record, attributes: Sequence[str]) -> Record:
        if not set(attributes) <= set(GROUPS):
            raise Refusal(400, "There is no such group.")
        return super().limited(record, attributes)


class OnlyWhatIsAsked(Enrollments):
    def limited(self, record: Record, attributes: Sequence[str]) -> Record:
        if not set(attributes) <= KNOWN:
            raise Refusal(400, "There is no such attribute.")
        kept = super().limited(record, attributes)
        return {name: value for name, value in kept.items() if name not in ALWAYS}


class NarrowsBlocks(Enrollments):
    """Members are left out of the groups that have one of those asked for; all else is answered."""

    def limited(self, record: Record, attributes: Sequence[str]) -> Record:
        whole = [name for name in GROUPS if any(item.keys() & set(attributes) for item in items(record.get(name)))]
        return {**record, **{name: self.limited_group(record[name], attributes) for name in whole}}


def freedom(
    name: str, change: str, /, *observed: str, away: tuple[str, ...] = (), versions: str = "", **parts: Any
) -> Freedom:
    return Freedom(f"searching-{name}", change, parts, rulings=observed, inapplicable=away, versions=versions)


EXTENSIBLE, INTEGER = "RUL-EXTENSIBLE", "RUL-INTEGER-VALUE"


class RefusesMisfits(Enrollments):
    """Refuses a value of another type than the attribute's, and an attribute that nobody has."""

    types = {"dateOfBirth": str, "lastName": str, "firstName": str}

    def find(self, expressions: Any) -> list[Record]:
        for each in expressions if isinstance(expressions, list) else ():
            name, value = (each.get("attributeName"), each.get("value")) if isinstance(each, dict) else ("", "")
            if name == "nobodyHasThis" or not isinstance(value, self.types.get(name, object)):
                raise Refusal(404 if name == "dateOfBirth" else 400, "This cannot be searched for.")
        return super().find(expressions)


FREEDOMS = [
    freedom("refuses-misfits", "What no record can match is refused with 400 or 404.", enrollments=RefusesMisfits),
    freedom("not-found", "A search that nothing matches answers 404.", versions="<1.1.0", enrollments=NotFound),
    freedom("short-results", "Matches have the required members only, newest first.", enrollments=ShortResults),
    freedom("texts-only", "Only texts can be found.", EXTENSIBLE, away=NUMBERS, search=TextsOnly),
    freedom(
        "refuses-numbers",
        "A value that is no text is refused.",
        *(EXTENSIBLE, INTEGER),
        away=NUMBERS,
        enrollments=RefusesNumbers,
    ),
    freedom(
        "refuses-integers",
        "A value that is an integer is refused.",
        INTEGER,
        away=NUMBERS[1:2],
        enrollments=RefusesIntegers,
    ),
    freedom(
        "example-names-only",
        "Only the attributes of the standard's example can be searched on; others are refused.",
        *(EXTENSIBLE, INTEGER),
        away=NUMBERS,
        enrollments=ExampleNamesOnly,
    ),
    freedom("ignores-case", "Texts are compared without case.", search=IgnoresCase),
    freedom("absent-differs", "A record without the attribute matches !=.", search=AbsentDiffers),
    freedom("collates", "Texts are compared without case and without white space around them.", search=Collates),
    freedom(
        "has-types",
        "Attributes have types; those that cannot be searched on match nothing.",
        EXTENSIBLE,
        away=NUMBERS,
        enrollments=HasTypes,
    ),
    freedom("path-names", "attributes are paths such as biographicData.lastName.", enrollments=PathNames),
    freedom("group-names", "attributes names groups; other names are ignored.", enrollments=GroupNames),
    freedom("member-names", "attributes names members; groups are refused.", enrollments=MemberNames),
    freedom("known-groups", "attributes other than groups are refused.", enrollments=KnownGroups),
    freedom(
        "only-what-is-asked",
        "A filtered answer lacks id and status; unknown names are refused.",
        enrollments=OnlyWhatIsAsked,
    ),
    freedom("narrows-blocks", "attributes narrows the groups it is about, no others.", enrollments=NarrowsBlocks),
]
