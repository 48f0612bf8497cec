"""How [read-only] is read: the vendor's own test records, for a run that writes nothing."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from osia_conformance.config import values
from osia_conformance.config.keys import Reader, read_keys, readers_of
from osia_conformance.config.places import Place, kind_of
from osia_conformance.config.settings import ReadOnlyBuffer, ReadOnlyRecords
from osia_conformance.support.quoting import quoted


def read_named_records(value: Any, place: Place) -> ReadOnlyRecords | None:
    """Read [read-only]; None if the table is not there. Raises ConfigurationError."""
    given = values.table(value, place)
    if not given:
        return None
    read = read_keys(given, place, _TABLE)
    search = read.pop("search", {})
    named = ReadOnlyRecords(**read, **search)
    for buffer in named.buffers:
        if buffer.enrollment not in named.enrollments:
            raise place.under("buffers").error(
                f"names a buffer of {quoted(buffer.enrollment)}, which is not among read-only.enrollments."
            )
    return named


def _buffers(value: Any, place: Place) -> tuple[ReadOnlyBuffer, ...]:
    if not isinstance(value, list):
        raise place.error(f"must be an array of {{enrollment = ..., buffer = ...}}, not {kind_of(value)}.")
    return tuple(ReadOnlyBuffer(**_whole(item, place, _BUFFER)) for item in value)


def _search(value: Any, place: Place) -> dict[str, Any]:
    return _whole(value, place, _SEARCH)


def _whole(value: Any, place: Place, readers: Mapping[str, Reader]) -> dict[str, Any]:
    read = read_keys(values.table(value, place), place, readers)
    for key in readers:
        if key not in read:
            raise place.under(key).error(f"is missing; it has {' and '.join(readers)}.")
    return read


def _searched(value: Any, place: Place) -> str | bool | int | float:
    """Read a value to search for: one of the types of the standard's Expression."""
    if not isinstance(value, str | bool | int | float) or (isinstance(value, float) and not math.isfinite(value)):
        raise place.error(f"must be a string, a number or a boolean, not {kind_of(value)}.")
    return value


_BUFFER = readers_of(ReadOnlyBuffer)
_SEARCH: Mapping[str, Reader] = {"attribute": values.text, "value": _searched}
_TABLE: Mapping[str, Reader] = {"enrollments": values.texts, "buffers": _buffers, "search": _search}
