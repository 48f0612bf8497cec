"""JSON that others wrote, read within limits of depth and size (RFC 8259, 9 lets a reader set them)."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from typing import Any

DEEPEST = 100
"""Arrays and objects that may stand in each other."""

MOST_VALUES = 100_000
"""Elements and members that one text may have."""

_LONGEST_NUMBER = 4000
_BOM = b"\xef\xbb\xbf"


class NotJson(ValueError):
    """The text is not one JSON text."""


class BeyondLimits(NotJson):
    """The text may be JSON, but more of it than is read here; that is no fault of whoever wrote it."""


def parse(data: bytes) -> Any:
    """Return JSON text in UTF-8 as Python values; raise NotJson for anything else, BeyondLimits for too much of it.

    Of equal names in an object the last one counts. Numbers beyond a double's range become its largest.
    """
    if data.startswith(_BOM):
        raise NotJson("it begins with a byte order mark (RFC 8259, 8.1)")
    if data.count(b",") + data.count(b"[") + data.count(b"{") > MOST_VALUES:
        raise BeyondLimits(f"it holds more than {MOST_VALUES:,} values")
    try:
        value = _DECODER.decode(data.decode("utf-8"))
    except RecursionError:
        raise BeyondLimits(_TOO_DEEP) from None
    except ValueError as error:
        raise NotJson(str(error)) from error
    if data.count(b"[") + data.count(b"{") > DEEPEST and _nests_deeper(value, DEEPEST):
        raise BeyondLimits(_TOO_DEEP)
    return value


_TOO_DEEP = f"it is more than {DEEPEST} levels deep"


def _nests_deeper(value: Any, levels: int) -> bool:
    layer = [value]
    for _ in range(levels):
        layer = [inner for outer in layer for inner in _inside(outer) if isinstance(inner, dict | list)]
        if not layer:
            return False
    return any(True for outer in layer for _ in _inside(outer))


def _inside(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _integer(text: str) -> float:
    return int(text) if len(text) <= _LONGEST_NUMBER else _real(text)


def _real(text: str) -> float:
    return max(-sys.float_info.max, min(float(text), sys.float_info.max))


def _constant(text: str) -> Any:
    raise ValueError(f"{text} is no JSON number (RFC 8259, 6)")


_DECODER = json.JSONDecoder(parse_int=_integer, parse_float=_real, parse_constant=_constant)
