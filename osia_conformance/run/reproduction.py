"""Which exchanges of a check show its failure again: those that lead to the decisive one, and no other."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import unquote

from osia_conformance.target.session import MARKER

Exchange = dict[str, Any]

_ENROLLMENT = re.compile(r"/v1/enrollments/([^/?#]+)")


def reproducing(exchanges: Sequence[Exchange], decisive: str | None) -> Sequence[Exchange]:
    """Return the exchanges from the first that concerns what failed to the decisive one; all, if that is not there.

    Calls before it are of enrollments that the failure does not concern: tried before this one, or of another check
    that shares what it created.
    """
    places = [index for index, exchange in enumerate(exchanges) if exchange["id"] == decisive]
    if not places:
        return exchanges
    shown = exchanges[: places[0] + 1]
    concerned, start = _concerned(shown), 0
    while start < len(shown) - 1 and not _concerns(shown[start], concerned):
        start += 1
    return shown[start:]


def _concerned(shown: Sequence[Exchange]) -> set[str]:
    """Return the ids of the enrollments that the last exchange concerns, and of those that the way to it mentions."""
    last = shown[-1]
    own = _enrollment(last)
    if own is None:
        return {name for each in shown if (name := _enrollment(each)) and _found_by(last, each)}
    related = {own}
    for each in reversed(shown):
        name = _enrollment(each)
        if name in related:
            related |= {other for other in map(_enrollment, shown) if other and other in _sent(each)}
        elif name and _same_body(each, last):
            related.add(name)
    return related


def _concerns(exchange: Exchange, concerned: set[str]) -> bool:
    return _enrollment(exchange) in concerned


def _enrollment(exchange: Exchange) -> str | None:
    """Return the id of the enrollment that a call is about; None for a search."""
    found = _ENROLLMENT.findall(exchange["request"]["url"].partition("?")[0])
    return unquote(found[-1]) if found else None


def _found_by(search: Exchange, call: Exchange) -> bool:
    """Return whether a search may be about the enrollment of a call: it names its marker, or none (RUL-MARKER)."""
    markers = {found[0] for found in MARKER.finditer(_sent(search))}
    return not markers or any(marker in _sent(call) for marker in markers) or "bodyFile" in call["request"]


def _same_body(one: Exchange, other: Exchange) -> bool:
    return bool(_sent(one)) and _sent(one) == _sent(other)


def _sent(exchange: Exchange) -> str:
    """Return a request's body as it stands in the journal, or the file that it stands in."""
    request = exchange["request"]
    return str(request.get("body") or request.get("bodyFile") or "")
