"""Violations of findEnrollments: values of another type than the attribute's, names and characters of a language."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from osia_reference.replies import Refusal
from osia_reference.search import Search
from osia_reference.store import Condition, Record
from tests.harness.variant import Violation
from tests.violations.find import part


def failing(name: str, change: str, fails: Callable[[str, Any], object], *expected: str) -> Violation:
    """A server on which a search fails where `fails(name, value)` raises, or is true."""

    class Fails(Search):
        def condition(self, expression: Record) -> Condition:
            if fails(expression["attributeName"], expression["value"]):
                raise RuntimeError("the query could not be carried out")
            return super().condition(expression)

    return part(name, change, {"search": Fails}, *expected)


def refusing(name: str, change: str, refused: Callable[[str, Any], object], status: int, *expected: str) -> Violation:
    """A server on which such a search is answered with another code than a refusal's."""

    class Refuses(Search):
        def condition(self, expression: Record) -> Condition:
            if refused(expression["attributeName"], expression["value"]):
                raise Refusal(status, "This cannot be searched for.")
            return super().condition(expression)

    return part(name, change, {"search": Refuses}, *expected)


def no_date(name: str, value: Any) -> bool:
    """Raise for a text that is no date, and for what is no text."""
    return name == "dateOfBirth" and not date.fromisoformat(value)


def is_boolean(name: str, value: Any) -> bool:
    return name != "urgent" and isinstance(value, bool)


def is_text_for_a_number(name: str, value: Any) -> bool:
    return value == "many"


def is_number_for_a_text(name: str, value: Any) -> bool:
    return name in ("firstName", "lastName") and isinstance(value, float)


def unknown(name: str, value: Any) -> bool:
    return name == "nobodyHasThis"


def has(character: str) -> Callable[[str, Any], bool]:
    return lambda name, value: character in name or (isinstance(value, str) and character in value)


VIOLATIONS = [
    failing("crashes-for-what-is-no-date", "A date is parsed, whatever is sent.", no_date, "17", "18"),
    failing("crashes-for-booleans", "true where a text or a date is stored is a server error.", is_boolean, "17"),
    failing("crashes-for-text-as-a-number", "Text for a number is a server error.", is_text_for_a_number, "17"),
    failing("crashes-for-numbers-as-text", "A number for a text is a server error.", is_number_for_a_text, "17"),
    refusing(
        "puts-off-what-is-no-date", "What is no date is answered 505.", lambda name, value: value == "nodate", 505, "17"
    ),
    failing("crashes-for-unknown-names", "An attribute that nobody has is a server error.", unknown, "18"),
    failing("crashes-for-quotes-in-names", "A quote in a name or a value is a server error.", has('"'), "18"),
    failing("crashes-for-dots-in-names", "A dot is taken for a path.", lambda name, value: "." in name, "18"),
    failing(
        "crashes-for-apostrophes-in-names",
        "An apostrophe in a name breaks the query.",
        lambda name, _: "'" in name,
        "18",
    ),
]
