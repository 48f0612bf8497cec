"""Is what was sent what came back? Comparison by meaning, as RUL-ECHO has it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from osia_conformance.support.base64_text import decoded
from osia_conformance.support.json_words import contrast, show

_BASE64_MEMBERS = frozenset({"image", "data", "template"})

_MISSING = "is missing"


@dataclass(frozen=True, slots=True)
class Difference:
    """Where two JSON values differ, as a JSONPath, and how, as the rest of a phrase: "is missing"."""

    path: str
    words: str

    def __str__(self) -> str:
        """Return the difference as a phrase."""
        return f"{self.path} {self.words}"


def differences(sent: Any, got: Any, path: str = "$", member: str = "") -> list[Difference]:
    """Return where `got` does not answer `sent`; members only in `got` are free when they are objects' own
    additions, and empty groups count as absent ones."""
    return list(_differences(sent, got, path, member))


def changes(before: Any, after: Any) -> list[Difference]:
    """Return where a record is not as it was: what changed or is gone, then what is new."""
    new = (each.path for each in differences(after, before) if each.words == _MISSING)
    return [*differences(before, after), *(Difference(path, "is new: it was not there") for path in new)]


def format_value(value: Any) -> str:
    """Return a member's value for a sentence, shortened; None stands for null or none at all."""
    return "absent or null" if value is None else show(value)


def same(sent: Any, got: Any, member: str = "") -> bool:
    """Return whether two JSON scalars mean the same: numbers by value, base64 decoded, date-times as instants."""
    if isinstance(sent, bool) or isinstance(got, bool):
        return sent is got
    if isinstance(sent, int | float) and isinstance(got, int | float):
        return sent == got
    if not (isinstance(sent, str) and isinstance(got, str)):
        return type(sent) is type(got) and bool(sent == got)
    return sent == got or (member in _BASE64_MEMBERS and _bytes(sent) == _bytes(got)) or _instant(sent, got)


def _differences(sent: Any, got: Any, path: str, member: str) -> Iterator[Difference]:
    if isinstance(sent, Mapping):
        yield from _objects(sent, got, path)
    elif isinstance(sent, list):
        yield from _lists(sent, got, path, member)
    elif not same(sent, got, member):
        yield Difference(path, contrast(got, sent))


def _objects(sent: Mapping[str, Any], got: Any, path: str) -> Iterator[Difference]:
    if not isinstance(got, Mapping):
        yield Difference(path, f"is {show(got)} instead of an object")
        return
    for name, value in sent.items():
        where = f"{path}.{name}"
        if name in got:
            yield from _differences(value, got[name], where, name)
        elif value not in ({}, []):
            yield Difference(where, _MISSING)


def _lists(sent: Sequence[Any], got: Any, path: str, member: str) -> Iterator[Difference]:
    if not isinstance(got, list):
        yield Difference(path, f"is {show(got)} instead of an array")
    elif len(got) != len(sent):
        yield Difference(path, f"has {len(got)} elements instead of {len(sent)}")
    else:
        for index, (one, other) in enumerate(zip(sent, got, strict=True)):
            yield from _differences(one, other, f"{path}[{index}]", member)


def _bytes(text: str) -> bytes | str:
    try:
        return decoded(text)
    except ValueError:
        return text


def _instant(sent: str, got: str) -> bool:
    if not all(text[10:11] in ("T", "t") for text in (sent, got)):
        return False
    try:
        # T and Z may be small (RFC 3339, 5.6).
        one, other = (datetime.fromisoformat(text.upper()) for text in (sent, got))
        return (one.tzinfo is None) == (other.tzinfo is None) and one == other
    except ValueError:
        return False
