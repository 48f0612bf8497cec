"""JSON set out line by line, each with the JSONPath of its value: so a difference can be shown in its place."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

_LONGEST = 120
"""Characters of one text that are shown: an image in base64 would bury what differs."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a body. `path` is the JSONPath of the value that begins on it, or ends if `closing`; "" of a note.

    `kind` is "" for what is as it should be, "changed", "missing" (it should be there), "new" (it should not) or
    "gap" (lines left out). `note` says what was expected instead.
    """

    text: str
    path: str = ""
    closing: bool = False
    kind: str = ""
    note: str = ""


def pretty_lines(value: Any, path: str = "$") -> list[Line]:
    """Return a JSON value, as parsed, as lines of two spaces' indent; `path` is its own place."""
    return list(_value(value, path, "", "", 0))


def member_lines(name: str, value: Any, depth: int) -> list[str]:
    """Return a member of an object as lines, as they stand at `depth`."""
    return [line.text for line in _value(value, "", f"{json.dumps(name, ensure_ascii=False)}: ", "", depth)]


def depth_of(line: Line) -> int:
    """Return how deep a line stands: 0 for the outermost value."""
    return (len(line.text) - len(line.text.lstrip(" "))) // 2


def _value(value: Any, path: str, head: str, tail: str, depth: int) -> Iterator[Line]:
    indent = "  " * depth
    if isinstance(value, dict) and value:
        members = ((f"{path}.{name}", f"{json.dumps(name, ensure_ascii=False)}: ", one) for name, one in value.items())
        yield from _group(members, (f"{indent}{head}{{", f"{indent}}}{tail}"), path, depth, len(value))
    elif isinstance(value, list) and value:
        elements = ((f"{path}[{index}]", "", one) for index, one in enumerate(value))
        yield from _group(elements, (f"{indent}{head}[", f"{indent}]{tail}"), path, depth, len(value))
    else:
        yield Line(f"{indent}{head}{_scalar(value)}{tail}", path)


def _group(
    parts: Iterable[tuple[str, str, Any]], ends: tuple[str, str], path: str, depth: int, count: int
) -> Iterator[Line]:
    yield Line(ends[0], path)
    for number, (place, head, value) in enumerate(parts, start=1):
        yield from _value(value, place, head, "," if number < count else "", depth + 1)
    yield Line(ends[1], path, closing=True)


def _scalar(value: Any) -> str:
    if isinstance(value, str) and len(value) > _LONGEST:
        shown = json.dumps(value[:_LONGEST], ensure_ascii=False)
        return f'{shown[:-1]}…" ({len(value):,} characters)'
    return json.dumps(value, ensure_ascii=False)
