"""Whose record a search answered: 1.0.0 leaves the id out where it likes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from osia_conformance.echo import differences
from osia_conformance.expectations import CannotTell
from osia_conformance.samples import Json


def identified(record: Any, sent: Mapping[str, Json]) -> str:
    """Return whose record it is, of those that were `sent`."""
    if not isinstance(record, dict):
        raise CannotTell("findEnrollments answered a list of something else than objects")
    if isinstance(record.get("enrollmentId"), str):
        return str(record["enrollmentId"])
    alike = (
        name
        for name, body in sent.items()
        if not differences({group: body[group] for group in body if group in record}, record)
    )
    # One alone may have been changed since.
    for name in (*alike, *(sent if len(sent) == 1 else ())):
        return str(name)
    raise CannotTell("findEnrollments answered a record without enrollmentId that cannot be told apart")
