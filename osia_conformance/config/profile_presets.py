"""Profiles by name (`preset` in [profile], docs/configuration.md): what servers often accept, to start from.

Members have the names of the standard's own examples. What stands beside `preset` holds in place of its key.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from osia_conformance.config import values
from osia_conformance.config.places import Place

_TEXT = {"type": "string", "minLength": 1, "maxLength": 100}
_DAY = {"type": "string", "format": "date"}


def _closed(**properties: Any) -> dict[str, Any]:
    schema = {"type": "object", "additionalProperties": False, "properties": properties}
    return {"schema": schema}


_PERSON = _closed(
    firstName=_TEXT,
    lastName=_TEXT,
    dateOfBirth=_DAY,
    gender={"enum": ["M", "F"]},
    nationality={"type": "string", "pattern": "^[A-Z]{3}$", "examples": ["FRA", "DEU", "SEN"]},
)

PRESETS: Mapping[str, Mapping[str, Any]] = {
    "closed-biographic-data": {"biographicData": _PERSON},
    "closed-blocks": {
        "biographicData": _PERSON,
        "contextualData": _closed(enrollmentDate=_DAY),
        "requestData": _closed(
            requestType={"enum": ["IDCARD_ISSUANCE", "PASSPORT_ISSUANCE"]}, deliveryPlace=_TEXT, other=_TEXT
        ),
        "enrollmentFlags": _closed(timeout={"type": "integer", "minimum": 1, "maximum": 86400}, other=_TEXT),
    },
    "whole-enrollments": {
        "required": ["biographicData", "contextualData", "requestData", "enrollmentFlags", "enrollmentType"]
    },
    "png-only": {"images": ["png"]},
    "small-buffers": {"largest-buffer": 64 * 1024},
}
"""Each preset as the keys of [profile] that it stands for."""


def with_presets(given: Mapping[str, Any], place: Place) -> dict[str, Any]:
    """Return the keys of [profile] with those of its presets: of two presets the later one's, and its own before both.

    Raises ConfigurationError for a preset that there is not.
    """
    names = values.texts(given["preset"], place.under("preset")) if "preset" in given else ()
    whole: dict[str, Any] = {}
    for name in names:
        whole |= PRESETS[values.choice(*PRESETS)(name, place.under("preset"))]
    return {**whole, **{key: value for key, value in given.items() if key != "preset"}}
