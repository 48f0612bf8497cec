"""What the types of the settings say about each member: how it is read, and whether a variable or option gives it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar, cast, get_type_hints

from msgspec import Meta

from osia_conformance.config import values
from osia_conformance.config.places import Place
from osia_conformance.support.quoting import nearest

Reader = Callable[[Any, Place], Any]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Option:
    """An option of the command line: what its value is called, and what argparse reads it with.

    `short` is its other name, such as "-v"; `is_switch` says that it has no value, `has_several` that it may have more
    than one.
    """

    metavar: str | None = None
    type: Callable[[str], Any] = str
    choices: tuple[str, ...] | None = None
    is_switch: bool = False
    has_several: bool = False
    short: str | None = None


@dataclass(frozen=True, slots=True)
class Key:
    """How a member of the settings is given: `read` makes it of what a file, a variable or an option holds.

    It stands in the member's Annotated type, beside the msgspec.Meta that describes it.
    """

    read: Reader
    has_variable: bool = False
    option: Option | None = None
    description: str = ""


@cache
def keys_of(kind: type) -> Mapping[str, Key]:
    """Return the keys of a dataclass of settings, by the names that a file gives them."""
    found = {}
    for name, hint in get_type_hints(kind, include_extras=True).items():
        metadata = getattr(hint, "__metadata__", ())
        description = next((one.description for one in metadata if isinstance(one, Meta)), None) or ""
        for key in metadata:
            if isinstance(key, Key):
                found[name.replace("_", "-")] = Key(key.read, key.has_variable, key.option, description)
    return found


@cache
def readers_of(kind: type) -> Mapping[str, Reader]:
    """Return how each key of a dataclass of settings is read."""
    return {name: key.read for name, key in keys_of(kind).items()}


def read_keys(given: Mapping[str, Any], place: Place, readers: Mapping[str, Reader]) -> dict[str, Any]:
    """Return the members of a table, read; raise ConfigurationError for a key without a reader."""
    read = {}
    for key, value in given.items():
        if key not in readers:
            raise unknown(key, place, readers)
        read[key.replace("-", "_")] = readers[key](value, place.under(key))
    return read


def table_of(kind: Callable[..., T]) -> Callable[[Any, Place], T]:
    """Return the reader of a table that makes a dataclass of settings."""

    def read(value: Any, place: Place) -> T:
        return kind(**read_keys(values.table(value, place), place, readers_of(cast("type", kind))))

    return read


def unknown(key: str, place: Place, valid: Mapping[str, Any] | tuple[str, ...]) -> Exception:
    """Return the error for a key that is not known here."""
    where = f"the table [{place.key}]" if place.key else "the file"
    if key in ("insecure", "verify", "verify-tls"):
        return place.under(key).error(f"is refused: {values.INSECURE}")
    return place.under(key).error(f"is not a key of {where}; the nearest valid one is {nearest(key, valid)}.")
