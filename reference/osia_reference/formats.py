"""The string and number formats that the OpenAPI files name, checked as their definitions say."""

from __future__ import annotations

import base64
import re
from datetime import date

from jsonschema import FormatChecker

DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
TIME = re.compile(
    r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:(?:[0-5][0-9]|60)(?:\.[0-9]+)?"
    r"(?:[Zz]|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])"
)
URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:(?:[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*")

formats = FormatChecker(formats=())


@formats.checks("byte", raises=ValueError)
def _is_byte(value: object) -> bool:
    """Base64 with padding (OpenAPI 3.0 data types; RFC 4648, 4)."""
    if isinstance(value, str):
        base64.b64decode(value, validate=True)
    return True


@formats.checks("date", raises=ValueError)
def _is_date(value: object) -> bool:
    """A full-date (RFC 3339, 5.6)."""
    return not isinstance(value, str) or bool(DATE.fullmatch(value) and date.fromisoformat(value))


@formats.checks("date-time", raises=ValueError)
def _is_date_time(value: object) -> bool:
    """A date-time with its offset; a leap second is one anywhere (RFC 3339, 5.6)."""
    if not isinstance(value, str):
        return True
    day, separator, rest = value[:10], value[10:11], value[11:]
    return separator in ("T", "t") and bool(TIME.fullmatch(rest)) and _is_date(day)


@formats.checks("uri")
def _is_uri(value: object) -> bool:
    """A URI with its scheme (RFC 3986, 3); a relative reference is none."""
    return not isinstance(value, str) or bool(URI.fullmatch(value))


@formats.checks("int64")
def _is_int64(value: object) -> bool:
    """An integer of 64 bits with its sign (OpenAPI 3.0 data types)."""
    return not isinstance(value, int) or -(2**63) <= value < 2**63
