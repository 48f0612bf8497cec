"""Violations by texts, numbers and structures that are kept otherwise than they were sent."""

import html
import json
import math
import struct
import unicodedata
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

from osia_reference.store import Record, Store
from tests.harness.records import biographics
from tests.harness.variant import Violation

DOCUMENTED = {
    "biographicData": {"firstName", "lastName", "dateOfBirth", "gender", "nationality"},
    "requestData": {"requestType", "deliveryPlace", "other"},
    "enrollmentFlags": {"timeout", "other"},
    "contextualData": {"enrollmentDate"},
}


def mapped(value: Any, change: Callable[[Any], Any]) -> Any:
    """Return a JSON value with every scalar changed."""
    if isinstance(value, dict):
        return {name: mapped(each, change) for name, each in value.items()}
    return [mapped(each, change) for each in value] if isinstance(value, list) else change(value)


def storing(change: Callable[[Record], Record]) -> type[Store]:
    """Return a database that keeps `change` of a record in its place."""

    class Storing(Store):
        def encode(self, record: Record) -> str:
            return super().encode(change(record))

    return Storing


def storing_texts(change: Callable[[str], str]) -> type[Store]:
    """Return a database that changes the texts of biographic data."""
    return storing_biographics(lambda value: change(value) if isinstance(value, str) else value)


def storing_biographics(change: Callable[[Any], Any]) -> type[Store]:
    """Return a database that changes every scalar of biographic data."""

    def changed(record: Record) -> Record:
        if "biographicData" not in record:
            return record
        return {**record, "biographicData": mapped(record["biographicData"], change)}

    return storing(changed)


def storing_members(change: Callable[[Any], Any]) -> type[Store]:
    """Return a database that changes the values of biographic data, each as a whole."""

    def changed(record: Record) -> Record:
        kept = {name: change(value) for name, value in biographics(record).items()}
        return {**record, "biographicData": kept} if kept else record

    return storing(changed)


def numbers(change: Callable[[float], Any]) -> Callable[[Any], Any]:
    """Return a change of numbers that leaves all else."""
    return lambda value: change(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def single_precision(value: float) -> float:
    return float(struct.unpack("f", struct.pack("f", value))[0])


def within_32_bits(value: float) -> float:
    return max(-(2**31), min(2**31 - 1, value))


def fifteen_digits(value: float) -> float:
    return float(f"{value:.14g}")


def flat(value: Any) -> Any:
    """What a text column makes of a structure."""
    return json.dumps(value) if isinstance(value, dict | list) else value


def cut_below(value: Any, levels: int = 4) -> Any:
    """What a depth limit makes of a structure."""
    if isinstance(value, dict):
        return {name: cut_below(each, levels - 1) for name, each in value.items()} if levels else {}
    return value


def without_empties(value: Any) -> Any:
    """What a serializer that omits empty values makes of a structure."""
    if isinstance(value, list):
        return [without_empties(each) for each in value if each not in ([], {})]
    if isinstance(value, dict):
        return {name: without_empties(each) for name, each in value.items()}
    return value


def without_empty_texts(record: Record) -> Record:
    kept = {name: each for name, each in biographics(record).items() if each != ""}
    return {**record, "biographicData": kept} if kept else record


def known_only(group: str) -> Callable[[Record], Record]:
    """Return what a record with fixed columns keeps of a block that can be extended."""

    def known(item: Record) -> Record:
        return {name: value for name, value in item.items() if name in DOCUMENTED[group]}

    def changed(record: Record) -> Record:
        block = record.get(group)
        kept = [known(item) for item in block] if isinstance(block, list) else known(block or {})
        return {**record, group: kept} if group in record else record

    return changed


def stored(
    name: str, change: str, part: type[Store], *expected: str, declared: tuple[str, ...] = (), versions: str = ""
) -> Violation:
    """Return the violation of a database that changes what it is given."""
    return Violation(name, change, {"store": part}, expected=expected, declared=declared, versions=versions)


TEXTS = [
    stored(
        "texts-in-ascii",
        "Characters outside ASCII become question marks.",
        storing_texts(lambda text: text.encode("ascii", "replace").decode("ascii")),
        "ENR-CREATE-09",
    ),
    stored(
        "texts-decoded-wrongly",
        "UTF-8 is read as Latin-1.",
        storing_texts(lambda text: text.encode("utf-8", "replace").decode("latin-1")),
        "ENR-CREATE-09",
    ),
    stored(
        "texts-of-three-bytes",
        "Characters outside the basic multilingual plane are dropped.",
        storing_texts(lambda text: "".join(each for each in text if ord(each) < 0x10000)),
        "ENR-CREATE-09",
    ),
    stored(
        "texts-composed",
        "Texts are brought into the composed normal form.",
        storing_texts(lambda text: unicodedata.normalize("NFC", text)),
        "ENR-CREATE-09",
    ),
    stored(
        "texts-escaped-for-html",
        "Texts are escaped for HTML.",
        storing_texts(html.escape),
        "ENR-CREATE-09",
    ),
    stored(
        "texts-unquoted",
        "Texts are percent-decoded.",
        storing_texts(unquote),
        "ENR-CREATE-09",
    ),
    stored(
        "texts-trimmed",
        "White space is trimmed.",
        storing_texts(str.strip),
        "ENR-CREATE-09",
    ),
    stored(
        "texts-squeezed",
        "Two spaces become one.",
        storing_texts(lambda text: text.replace("  ", " ")),
        "ENR-CREATE-09",
    ),
    stored(
        "texts-lost-when-empty",
        "Empty texts are not stored.",
        storing(without_empty_texts),
        "ENR-CREATE-09",
    ),
    stored(
        "texts-of-255-characters",
        "Texts are cut after 255 characters.",
        storing_texts(lambda text: text[:255]),
        "ENR-CREATE-10",
    ),
    stored(
        "texts-of-4000-characters",
        "Texts are cut after 4000 characters.",
        storing_texts(lambda text: text[:4000]),
        "ENR-CREATE-10",
    ),
]
BLOCKS = [
    *[
        stored(
            f"unknown-members-lost-from-{group.lower()}",
            f"Members of {group} that the server does not know are not stored.",
            storing(known_only(group)),
            "ENR-CREATE-11",
            versions=">=1.1.0, <1.3.0" if group == "contextualData" else "<1.3.0",
        )
        for group in DOCUMENTED
    ],
    stored(
        "numbers-in-single-precision",
        "Numbers are stored in single precision.",
        storing_biographics(numbers(single_precision)),
        "ENR-CREATE-12",
    ),
    stored(
        "numbers-of-32-bits",
        "Integers beyond 32 bits are clamped.",
        storing_biographics(numbers(within_32_bits)),
        "ENR-CREATE-12",
    ),
    stored(
        "numbers-of-14-digits",
        "Numbers are stored with 14 digits.",
        storing_biographics(numbers(fifteen_digits)),
        "ENR-CREATE-12",
    ),
    stored(
        "numbers-truncated",
        "Numbers lose their fraction.",
        storing_biographics(numbers(math.trunc)),
        "ENR-CREATE-12",
    ),
    stored(
        "numbers-as-texts",
        "Numbers become texts.",
        storing_biographics(numbers(str)),
        "ENR-CREATE-12",
    ),
    stored(
        "booleans-as-numbers",
        "Booleans become 0 and 1.",
        storing_biographics(lambda value: int(value) if isinstance(value, bool) else value),
        "ENR-CREATE-12",
        declared=("ENR-PATCH-04",),
    ),
    stored(
        "falsy-values-lost",
        "Zero and false are not stored.",
        storing(
            lambda record: {
                **record,
                "biographicData": {name: value for name, value in biographics(record).items() if value != 0},
            }
        ),
        "ENR-CREATE-12",
        declared=("ENR-PATCH-04",),
    ),
    stored(
        "structures-as-texts",
        "Objects and lists in biographic data become texts.",
        storing_members(flat),
        "ENR-CREATE-13",
    ),
    stored(
        "structures-of-limited-depth",
        "Objects in biographic data are emptied below a depth.",
        storing_members(cut_below),
        "ENR-CREATE-13",
    ),
    stored(
        "structures-without-empties",
        "Empty lists are left out of lists.",
        storing_members(without_empties),
        "ENR-CREATE-13",
    ),
]
VIOLATIONS = [*TEXTS, *BLOCKS]
