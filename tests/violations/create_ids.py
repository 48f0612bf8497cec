"""Violations by ids that are long, or need percent-encoding: taken for another, or a server error."""

import unicodedata
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

from osia_reference.app import Server
from osia_reference.calls import Call
from osia_reference.enrollments import Enrollments
from tests.harness.variant import Violation


def reading_ids(change: Callable[[str], str]) -> type[Server]:
    """Return a server that takes `change` of an enrollment id for the id."""

    class ReadingIds(Server):
        def enrollment_id(self, call: Call) -> str:
            return change(super().enrollment_id(call))

    return ReadingIds


def no_longer_than_64(name: str) -> str:
    if len(name) > 64:
        raise ValueError("value too long for type character varying(64)")
    return name


def in_ascii(name: str) -> str:
    return name.encode("ascii", "ignore").decode("ascii")


def without_accents(name: str) -> str:
    return "".join(each for each in unicodedata.normalize("NFD", name) if not unicodedata.combining(each))


def without_extension(name: str) -> str:
    return name.removesuffix(".json")


class CutsIdsWhenStoring(Enrollments):
    """Stores the first characters of an id, and looks for the whole of it."""

    def create(self, enrollment_id: str, body: Any, *, finalize: bool = False) -> None:
        super().create(enrollment_id[:64], body, finalize=finalize)


class StoresLowerCase(Enrollments):
    def create(self, enrollment_id: str, body: Any, *, finalize: bool = False) -> None:
        super().create(enrollment_id.lower(), body, finalize=finalize)


READINGS = {
    "cut": ("An id is cut after 36 characters.", lambda name: name[:36]),
    "cut-at-a-slash": ("An id ends before its first slash.", lambda name: name.split("/")[0]),
    "cut-at-a-space": ("An id ends before its first space.", lambda name: name.split(" ")[0]),
    "decoded-twice": ("An id is percent-decoded twice.", unquote),
    "decoded-as-a-form": ("A plus in an id is a space.", lambda name: name.replace("+", " ")),
    "in-ascii": ("An id loses its characters outside ASCII.", in_ascii),
    "without-dots": ("An id loses the dots that it ends with.", lambda name: name.rstrip(".")),
    "without-accents": ("An accent in an id is not seen.", without_accents),
    "trimmed": ("An id loses the white space around it.", str.strip),
    "cut-at-an-extension": ("An id loses what looks like a file's extension.", without_extension),
    "cut-at-a-semicolon": ("An id ends before its first semicolon.", lambda name: name.split(";")[0]),
    "cut-at-a-question-mark": ("An id ends before its first question mark.", lambda name: name.split("?")[0]),
    "crash-when-long": ("An id of more than 64 characters is a server error.", no_longer_than_64),
}
"""What servers take for the id in a path, by a name."""
VIOLATIONS = [
    *[
        Violation(f"ids-{name}", change, {"server": reading_ids(reading)}, expected=("ENR-CREATE-15",))
        for name, (change, reading) in READINGS.items()
    ],
    Violation(
        "ids-in-lower-case",
        "An id that is no UUID is lower-cased.",
        {"server": reading_ids(str.lower)},
        expected=("ENR-CREATE-15",),
        target={"enrollment_id": "[a-z]{20}"},
    ),
    Violation(
        "ids-in-lower-case-when-stored",
        "A UUID is stored in lower case, and looked for as it is sent.",
        {"enrollments": StoresLowerCase},
        expected=("ENR-CREATE-15",),
    ),
    Violation(
        "ids-cut-when-stored",
        "A long id is stored cut, and not found by the whole of it.",
        {"enrollments": CutsIdsWhenStoring},
        expected=("ENR-CREATE-15",),
    ),
]
