"""Which regular expressions may take for ever in an engine that tries every way, such as Python's.

Values are matched by an engine that gives up, but instances are drawn by Hypothesis, with Python's own engine.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

try:
    # What `re` compiles from has no public name; a Python without it has no pattern refused for its parts.
    _parser: Any = importlib.import_module("re._parser")
except ImportError:
    _parser = None

_LONGEST_PATTERN = 1000
_MANY = 12
"""A part that may come more often than this, one way or another, costs too much in each of its ways."""
_REPEATS = frozenset({"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"})
_ONE_CHARACTER = frozenset({"LITERAL", "NOT_LITERAL", "IN", "ANY"})
_TRIED = "".join(map(chr, range(0x100)))

Part = tuple[Any, Any]


def expensive(pattern: str) -> str | None:
    """Return in one phrase why a regular expression may take for ever; None if it does not, or is none.

    It may where a part that repeats consists of parts that repeat, with nothing between them that tells their ends
    apart, as in `(a+)+`, or where alternatives that repeat begin alike, as in `(a|ab?)*`.
    """
    if len(pattern) > _LONGEST_PATTERN:
        return f"it has more than {_LONGEST_PATTERN} characters"
    if _parser is None:
        return None
    try:
        parts = _parser.parse(pattern)
    except (re.error, OverflowError, RecursionError):
        return None
    if any(_is_ambiguous(body) for body in _repeated(parts)):
        return "a part that repeats can be taken apart in many ways, as in (a+)+"
    return None


def _repeated(parts: Iterable[Part]) -> Iterator[Sequence[Part]]:
    """Yield each body that may come more than a few times."""
    for kind, value in parts:
        if str(kind) in _REPEATS and value[1] > _MANY:
            yield value[2]
        for body in _bodies(value):
            yield from _repeated(body)


def _bodies(value: Any) -> Iterator[Any]:
    """Yield the sequences of parts in what a part of an expression holds."""
    if isinstance(value, _parser.SubPattern):
        yield value
    elif isinstance(value, tuple | list):
        for one in value:
            yield from _bodies(one)


def _is_ambiguous(body: Sequence[Part]) -> bool:
    flat = list(_flat(body))
    if any(str(kind) == "BRANCH" for kind, _ in flat):
        return _begin_alike(flat)
    varying = [value[2] for kind, value in flat if str(kind) in _REPEATS and value[0] != value[1]]
    if not varying:
        return False
    inner: set[str] = set().union(*map(_characters, varying))
    fixed = (part for part in flat if str(part[0]) in _ONE_CHARACTER)
    return all(inner & _of_one(part) for part in fixed)


def _flat(body: Iterable[Part]) -> Iterator[Part]:
    """Yield the parts of a body with those of its groups in their place."""
    for kind, value in body:
        if str(kind) in {"SUBPATTERN", "ATOMIC_GROUP"}:
            yield from _flat(value[-1] if str(kind) == "SUBPATTERN" else value)
        else:
            yield kind, value


def _begin_alike(flat: Sequence[Part]) -> bool:
    """Tell whether alternatives may begin with the same character, or are not simple enough to tell."""
    for kind, value in flat:
        if str(kind) != "BRANCH":
            continue
        seen: set[str] = set()
        for way in value[1]:
            first = _first(list(_flat(way)))
            if first is None or seen & first:
                return True
            seen |= first
    return False


def _first(way: Sequence[Part]) -> set[str] | None:
    """Return the characters that a way begins with; None for one that may be empty."""
    if not way:
        return None
    kind, value = way[0]
    if str(kind) in _ONE_CHARACTER:
        return _of_one(way[0])
    if str(kind) in _REPEATS and value[0] > 0 and not _is_varying_beside(way):
        return _first(list(_flat(value[2])))
    return None


def _is_varying_beside(way: Sequence[Part]) -> bool:
    """Tell whether a way is one that varies in length, with nothing after it that ends it."""
    _, value = way[0]
    return value[0] != value[1] and len(way) == 1


def _characters(body: Iterable[Part]) -> set[str]:
    """Return the characters that occur in a body, of the first 256; all where that cannot be told."""
    found: set[str] = set()
    for part in _flat(body):
        kind, value = part
        if str(kind) in _ONE_CHARACTER:
            found |= _of_one(part)
        elif str(kind) in _REPEATS:
            found |= _characters(value[2])
        elif str(kind) == "BRANCH":
            found |= set().union(*map(_characters, value[1]))
        elif str(kind) != "AT":
            return set(_TRIED)
    return found


def _of_one(part: Part) -> set[str]:
    """Return which of the first 256 characters a part for one character takes, and the last for all others."""
    kind, value = part
    match str(kind):
        case "LITERAL":
            return {chr(value)}
        case "NOT_LITERAL":
            return set(_TRIED) - {chr(value)}
        case "ANY":
            return set(_TRIED)
        case _:
            return _of_set(value)


def _of_set(items: Sequence[Part]) -> set[str]:
    found: set[str] = set()
    for kind, value in items:
        match str(kind):
            case "LITERAL":
                found.add(chr(value))
            case "RANGE":
                found |= {one for one in _TRIED if value[0] <= ord(one) <= value[1]} or {chr(value[0])}
            case "CATEGORY":
                found |= _of_category(str(value))
    return set(_TRIED) - found if str(items[0][0]) == "NEGATE" else found


def _of_category(name: str) -> set[str]:
    letter = {"DIGIT": "d", "SPACE": "s", "WORD": "w"}[name.rpartition("_")[2]]
    kind = letter.upper() if "_NOT_" in name else letter
    return set(re.findall(rf"\{kind}", _TRIED))
