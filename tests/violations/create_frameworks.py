"""Violations of createEnrollment by what common frameworks and databases make of JSON if nobody tells them not to."""

from collections.abc import Callable
from typing import Any

from osia_reference.store import Record, Store
from tests.harness.records import biographics
from tests.violations.create_lists import fields, storing_items
from tests.violations.create_values import stored, storing, storing_members, storing_texts

OF_PROTOTYPES = frozenset({"__proto__", "constructor", "prototype"})


def failing(is_unfit: Callable[[str], bool]) -> type[Store]:
    """Return a database that fails for texts of biographic data that do not fit its encoding."""

    def checked(text: str) -> str:
        if is_unfit(text):
            raise ValueError("the text does not fit the encoding of the column")
        return text

    return storing_texts(checked)


def at_every_depth(value: Any, change: Callable[[Record], Any]) -> Any:
    """Return a JSON value with each object in it changed, the innermost first."""
    if isinstance(value, list):
        return [at_every_depth(each, change) for each in value]
    if not isinstance(value, dict):
        return value
    return change({name: at_every_depth(each, change) for name, each in value.items()})


def names_by_case(record: Record) -> Record:
    """Let the last of the biographic members count whose names differ in case alone."""
    spelt: dict[str, str] = {}
    kept: Record = {}
    for name, value in biographics(record).items():
        kept[spelt.setdefault(name.lower(), name)] = value
    return {**record, "biographicData": kept} if kept else record


def lists_for_nothing(value: Any) -> Any:
    """Write an array without keys as a list, which an empty object is then."""
    return at_every_depth(value, lambda each: each or [])


def without_prototypes(value: Any) -> Any:
    return at_every_depth(value, lambda each: {name: each[name] for name in each if name not in OF_PROTOTYPES})


def without_zeros(item: Record) -> Record:
    return {name: value for name, value in item.items() if value != 0}


def the_day_before(text: str) -> str:
    """Take a day's local midnight for an instant, and write the day that it has in UTC."""
    is_a_day = len(text) == 10 and text[4::3] == "--" and text[8:].isdigit()
    return f"{text[:8]}{int(text[8:]) - 1:02}" if is_a_day and text[8:] > "01" else text


VIOLATIONS = [
    stored(
        "names-of-any-case",
        "Of biographic members whose names differ in case alone the last counts, as in a struct of Go.",
        storing(names_by_case),
        "ENR-CREATE-11",
    ),
    stored(
        "names-of-prototypes-are-lost",
        "Members with names that mean something in JavaScript are not stored.",
        storing_members(without_prototypes),
        "ENR-CREATE-13",
    ),
    stored(
        "structures-of-php",
        "An empty object becomes an empty list, as an array of PHP does.",
        storing_members(lists_for_nothing),
        "ENR-CREATE-13",
    ),
    stored(
        "texts-with-a-nul-crash",
        "A NUL in a text is a server error, as where jsonb of PostgreSQL refuses it.",
        failing(lambda text: "\0" in text),
        "ENR-CREATE-09",
    ),
    stored(
        "texts-end-at-a-nul",
        "A text ends before its first NUL.",
        storing_texts(lambda text: text.partition("\0")[0]),
        "ENR-CREATE-09",
    ),
    stored(
        "texts-of-four-bytes-crash",
        "A character outside the basic multilingual plane is a server error, as where utf8mb3 of MySQL refuses it.",
        failing(lambda text: any(ord(each) > 0xFFFF for each in text)),
        "ENR-CREATE-09",
    ),
    stored(
        "texts-null-when-empty",
        "An empty text is answered as null, as Oracle stores it.",
        storing_members(lambda value: None if value == "" else value),
        "ENR-CREATE-09",
    ),
    stored(
        "days-before",
        "A date of biographic data becomes the day before, as where a time zone is taken off.",
        storing_texts(the_day_before),
        "ENR-CREATE-02",
        # Whatever writes the record takes another day off.
        declared=("ENR-FINALIZE-02", "ENR-PATCH-01", "ENR-UPDATE-01"),
    ),
    stored(
        "items-lose-zeros",
        "A zero in biometric data is left out, as omitempty of Go does.",
        storing_items("biometricData", lambda items: [without_zeros(item) for item in items]),
        "ENR-CREATE-22",
        versions=">=1.2.0",
    ),
    stored(
        "images-are-data-uris",
        "A biometric image is answered as a data URI.",
        storing_items("biometricData", fields("image", lambda value: f"data:image/png;base64,{value}")),
        "ENR-CREATE-07",
    ),
]
