"""How [[waiver]] is read: findings that somebody answers for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from osia_conformance.config import tables, values
from osia_conformance.config.keys import Reader, read_keys, readers_of
from osia_conformance.config.places import Place
from osia_conformance.config.schema import WAIVERS
from osia_conformance.config.settings import Waiver
from osia_conformance.support.quoting import quoted


def read_waivers(value: Any, place: Place) -> tuple[Waiver, ...]:
    """Read [[waiver]]; each names a requirement of its own. Raises ConfigurationError."""
    read = [
        Waiver(**_whole(values.table(item, here), here, readers_of(Waiver)))
        for item, here in tables.several(value, place, WAIVERS)
    ]
    names = [waiver.requirement for waiver in read]
    for name in names:
        if names.count(name) > 1:
            raise place.under(WAIVERS).error(f"names {quoted(name)} twice; keep one of the two.")
    return tuple(read)


def _whole(given: Mapping[str, Any], place: Place, readers: Mapping[str, Reader]) -> dict[str, Any]:
    """Return the members of a table that must all be there."""
    read = read_keys(given, place, readers)
    for key in readers:
        if key not in given:
            raise place.under(key).error("is missing; a waiver has requirement, reason, owner and expires.")
    return read
