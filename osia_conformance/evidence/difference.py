"""Where two JSON values differ, in words."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from osia_conformance.support.text import one_line
from osia_conformance.verdict.journal import encoded

_GONE = object()


def first_difference(stated: Any, derived: Any) -> str | None:
    """Return a clause for the first place in which two JSON values differ, None if they are equal."""
    # Python takes 1, 1.0 and True for equal, the encoder NaN and null.
    if stated == derived and encoded(stated) == encoded(derived):
        return None
    return _first(stated, derived, "")


def _first(stated: Any, derived: Any, where: str) -> str | None:
    if isinstance(stated, dict) and isinstance(derived, dict):
        pairs = _members(stated, derived, where)
    elif isinstance(stated, list) and isinstance(derived, list) and len(stated) == len(derived):
        pairs = _entries(stated, derived, where)
    else:
        same = type(stated) is type(derived) and stated == derived
        return None if same else f"{where or 'it'} is {_shown(stated)}, and the journal gives {_shown(derived)}"
    return next((found for place, one, other in pairs if (found := _first(one, other, place))), None)


def _members(stated: Any, derived: Any, where: str) -> Iterator[tuple[str, Any, Any]]:
    for name in dict.fromkeys([*derived, *stated]):
        yield f"{where}.{name}" if where else name, stated.get(name, _GONE), derived.get(name, _GONE)


def _entries(stated: Any, derived: Any, where: str) -> Iterator[tuple[str, Any, Any]]:
    for index, (one, other) in enumerate(zip(stated, derived, strict=True)):
        place = one.get("id", index) if isinstance(one, dict) else index
        yield f"{where}[{place}]", one, other


def _shown(value: Any) -> str:
    if value is _GONE:
        return "not there"
    if isinstance(value, list):
        return f"a list of {len(value)}"
    return one_line(json.dumps(value, ensure_ascii=False), 80)
