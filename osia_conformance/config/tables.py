"""How tables with names of the vendor's choice are read: headers, query parameters, claims.

Every reader raises ConfigurationError, as those of `values` do.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from osia_conformance.config.places import Place, kind_of
from osia_conformance.config.values import reference, table
from osia_conformance.support.quoting import quoted
from osia_conformance.support.secrets import SecretReference, is_reference

_DEEPEST = 32
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_SUITES_OWN_HEADERS = {"content-length", "content-type", "transfer-encoding", "connection"}
_FORM_OF_THE_SUITE = {
    "grant_type": "remove it",
    "scope": "use [auth.scope-names]",
    "audience": "use audience",
    "resource": "use resource",
    "client_id": "use client-id",
    "client_secret": "use client-secret",
    "client_assertion": "use client-auth",
    "client_assertion_type": "use client-auth",
}
_SUITES_OWN_QUERY = {"transactionId", "finalize", "attributes", "limit", "offset"}


def header_values(value: Any, place: Place) -> dict[str, str | SecretReference]:
    """Read [target.headers]: field names with plain values or secret references (RFC 9110, 5)."""
    values = _named_values(value, place)
    for name in values:
        if not _HEADER_NAME.fullmatch(name):
            raise place.under(name).error("is not a valid header name.")
        if name.lower() in _SUITES_OWN_HEADERS:
            raise place.under(name).error("is a header that the suite sets itself; remove it.")
    if len({name.lower() for name in values}) < len(values):
        raise place.error("has the same header twice, in different letter case.")
    return values


def query_values(value: Any, place: Place) -> dict[str, str | SecretReference]:
    """Read [target.query]: parameter names with plain values or secret references."""
    values = _named_values(value, place)
    for name in sorted(_SUITES_OWN_QUERY & values.keys()):
        raise place.under(name).error("is a parameter of the interface that the suite sets itself; remove it.")
    return values


def form_values(value: Any, place: Place) -> dict[str, str | SecretReference]:
    """Read [auth.parameters]: form parameters of the token request (RFC 6749, 4.4.2) that the suite has no key for."""
    values = _named_values(value, place)
    for name in values:
        # Some servers take these names in any letter case.
        if (instead := _FORM_OF_THE_SUITE.get(name.lower())) is not None:
            raise place.under(name).error(f"is set by the suite; {instead}.")
    return values


def _named_values(value: Any, place: Place) -> dict[str, str | SecretReference]:
    values: dict[str, str | SecretReference] = {}
    for name, item in table(value, place).items():
        here = place.under(name)
        if not name:
            raise place.error("has a value without a name.")
        if isinstance(item, str) and is_reference(item):
            values[name] = reference(item, here)
        elif not isinstance(item, str):
            raise here.error(f"must be a string or a secret reference, not {kind_of(item)}.")
        elif not (item.isascii() and item.isprintable()):
            raise here.error("must be printable ASCII.")
        else:
            values[name] = item
    return values


def json_table(reserved: Mapping[str, str]) -> Callable[[Any, Place], dict[str, Any]]:
    """Return a reader of a table of JSON values; `reserved` names are refused with what to use instead."""

    def read(value: Any, place: Place) -> dict[str, Any]:
        members = dict(table(value, place))
        for name, instead in reserved.items():
            if name in members:
                raise place.under(name).error(f"is set by the suite; {instead}.")
        for name, item in members.items():
            if not is_json(item, _DEEPEST):
                raise place.under(name).error("must be a JSON value: no date, no infinite number.")
        return members

    return read


def several(value: Any, place: Place, name: str) -> Iterator[tuple[Any, Place]]:
    """Yield the members of the array of tables `name` ([[name]]), each with its place, counted from 1."""
    if not isinstance(value, list):
        raise place.under(name).error(f"must be written as [[{name}]], not {kind_of(value)}.")
    for number, item in enumerate(value, start=1):
        yield item, replace(place.under(name), key=f"{name}[{number}]")


def day(value: Any, place: Place) -> str:
    """Read a date without a time (RFC 3339 full-date), as TOML writes it or as text; return it as text."""
    if isinstance(value, str):
        try:
            value = date.fromisoformat(value)
        except ValueError:
            raise place.error(f"must be a date such as 2027-03-31, not {quoted(value)}.") from None
    if isinstance(value, datetime) or not isinstance(value, date):
        raise place.error("must be a date without a time, such as 2027-03-31.")
    return value.isoformat()


def is_json(value: Any, depth: int) -> bool:
    """Return whether a value is one of JSON, nested at most `depth` deep, with numbers that all know."""
    if isinstance(value, Mapping):
        return depth > 0 and all(is_json(item, depth - 1) for item in value.values())
    if isinstance(value, list):
        return depth > 0 and all(is_json(item, depth - 1) for item in value)
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, int):
        return abs(value) < 1 << 64
    return value is None or isinstance(value, str)
