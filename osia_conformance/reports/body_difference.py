"""What differs in the body of an answer, shown in its place rather than in a sentence.

The places come from the judgement: the phrases of `actual` ("$.a.b is missing"), as support.compare writes them, and
the members of the check's symptom. What should stand where a member is missing comes from what was sent.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice, pairwise
from typing import Any

from osia_conformance.reports.exchanges import Record
from osia_conformance.reports.pretty_json import Line, depth_of, member_lines, pretty_lines
from osia_conformance.support import bounded_json

AROUND = 2
"""Lines shown before and after a difference."""

UNMARKED = 8
"""Lines shown of a body in which nothing differs, and which is longer than WHOLE."""

WHOLE = 16
"""Lines up to which a body is shown whole: an excerpt of it would hide as much as it saves."""

LEAST_GAP = 3
"""Lines from which on what lies between two shown parts is left out."""

_MISSING = re.compile(r"(\$.*)\.([^.]+) is missing$")
_NEW = re.compile(r"(\$.+?) is new: ")
_INSTEAD = re.compile(r"[^$]*(\$.*?) (?:is|has) (.*) instead of (.*)$", re.DOTALL)
_UNFIT = re.compile(r"(\$[^\s:]*): (.+)$", re.DOTALL)
_MEMBER = re.compile(r"^the (\w+) is (.+) instead of (.+)$", re.DOTALL)
_SEARCHED = re.compile(r"^for (\w+) .*: the enrollments with (.+)$", re.DOTALL)
_FOUND = re.compile(r"^it found those with (.+?)(?: and \d+ others)?$", re.DOTALL)
_FOUND_NONE = "it found none"
_NO_BODY = "no body"
_INDEX = re.compile(r"\[\d+\]")
_KINDS = {"- ": "missing", "+ ": "new", "  ": ""}
_MOST_PLACES = 3
_MOST_LINES = 12
_MOST_PHRASES = 50
_LONGEST_PHRASE = 1000
_LONGEST_LIST = 20_000
_MOST_FOUND = 50
"""Limits of what is read of a judgement: a journal of somebody else's may say anything, however long."""


@dataclass(frozen=True, slots=True)
class _Changed:
    """What is wrong with a value: it is `actual` instead of `expected`, as sentences show both, or what `note` says."""

    actual: str = ""
    expected: str = ""
    note: str = ""

    def words(self, text: str) -> str:
        """Return what stands behind a line: the other of two answers may be the one that is shown."""
        if not self.expected:
            return self.note
        value = text.strip().rstrip(",")
        shown_is_expected = value.endswith(self.expected) and not value.endswith(self.actual)
        return f"the other answer: {self.actual}" if shown_is_expected else f"expected {self.expected}"


@dataclass(frozen=True, slots=True)
class Places:
    """Where an answer differs, by JSONPath: `changed` with what is wrong there, `missing` as object and member.

    `found` are a member's name and the JSON values of it that a search must not find; `unexpected` is set where no
    body should be there at all.
    """

    changed: tuple[tuple[str, _Changed], ...] = ()
    missing: tuple[tuple[str, str], ...] = ()
    new: tuple[str, ...] = ()
    found: tuple[tuple[str, str], ...] = ()
    unexpected: bool = False

    def __bool__(self) -> bool:
        return bool(self.changed or self.missing or self.new or self.found or self.unexpected)


def places(check: Record) -> Places:
    """Return the places that a check's `actual` and symptom name."""
    changed: dict[str, _Changed] = {}
    missing: dict[tuple[str, str], None] = {}
    new: dict[str, None] = {}
    for phrase in _phrases(str(check.get("actual") or "")):
        if found := _MISSING.search(phrase):
            missing[found[1], found[2]] = None
        elif found := _NEW.search(phrase):
            new[found[1]] = None
        elif found := _INSTEAD.match(phrase):
            changed[found[1]] = _Changed(found[2], found[3])
        elif found := _UNFIT.search(phrase):
            changed[found[1]] = _Changed(note=found[2])
        elif found := _MEMBER.search(phrase):
            changed[f"$.{found[1]}"] = _Changed(found[2], found[3])
        elif phrase == _FOUND_NONE:
            changed["$"] = _Changed(note="no enrollment was found")
    known = {_INDEX.sub("", path) for path in (*changed, *new, *(f"{path}.{name}" for path, name in missing))}
    for member in islice((check.get("symptom") or {}).get("members", ()), _MOST_PHRASES):
        if member not in known and "." in member:
            changed[member] = _Changed()
    unexpected = str(check.get("expected") or "").split("; ")[0] == _NO_BODY
    return Places(tuple(changed.items()), tuple(missing), tuple(new), tuple(_found_in_vain(check)), unexpected)


def _phrases(actual: str) -> Iterator[str]:
    """Yield the first phrases of a judgement, each as long as one can be that the suite wrote."""
    for phrase in actual.split("; ", _MOST_PHRASES)[:_MOST_PHRASES]:
        yield phrase[:_LONGEST_PHRASE]


def _found_in_vain(check: Record) -> Iterator[tuple[str, str]]:
    """Yield name and value, as JSON, of the members by which a search found what it must not find."""
    searched = _SEARCHED.search(str(check.get("expected") or "")[:_LONGEST_LIST])
    found = _FOUND.search(str(check.get("actual") or "")[:_LONGEST_LIST])
    if searched and found:
        wanted = set(_texts(searched[2]))
        for value in islice((text for text in _texts(found[1]) if text not in wanted), _MOST_FOUND):
            yield searched[1], value


def _texts(listed: str) -> list[str]:
    """Return the values of a list without its brackets, each as JSON text."""
    return [json.dumps(value, ensure_ascii=False) for value in _listed(parsed(f"[{listed}]"))]


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def body_lines(text: str, differences: Places, sent: Sequence[Any] = ()) -> list[Line] | None:
    """Return a body's lines with its differences marked in place, None if it is no JSON.

    `sent` are the JSON values of earlier requests, the latest first: they know what is missing.
    """
    value = parsed(text)
    if value is NOT_JSON:
        return None
    lines = pretty_lines(value)
    if not differences or differences.unexpected:
        return unexpected(lines) if differences.unexpected else lines
    paths = frozenset(line.path for line in lines)
    marked = [_marked(line, paths, differences) for line in lines]
    for path, name in differences.missing:
        marked = _with_missing(marked, path, name, sent)
    return marked


def unexpected(lines: Sequence[Line]) -> list[Line]:
    """Return the lines of a body that should not be there."""
    return [replace(line, kind="new", note="" if place else "no body is expected") for place, line in enumerate(lines)]


def excerpt(lines: Sequence[Line]) -> list[Line]:
    """Return what a reader needs of a body: the differences and what stands around them, else the first lines."""
    marks = [place for place, line in enumerate(lines) if line.kind]
    if len(lines) <= WHOLE:
        kept = set(range(len(lines)))
    elif not marks:
        kept = set(range(UNMARKED))
    else:
        kept = {near for mark in marks for near in range(mark - AROUND, mark + AROUND + 1)} | {0, len(lines) - 1}
        kept |= _around(lines, marks)
    return list(_with_gaps(lines, _closed(kept)))


def _closed(kept: set[int]) -> set[int]:
    """Return the places with those between two of them that are too few to be left out."""
    places = sorted(kept)
    between = [range(one, other) for one, other in pairwise(places) if other - one <= LEAST_GAP]
    return kept.union(*between)


def text_difference(expected: str, actual: str) -> list[Line] | None:
    """Return the difference of two JSON texts, line by line; None unless both are objects or arrays."""
    values = [parsed(text) for text in (expected, actual)]
    if not all(isinstance(value, dict | list) for value in values):
        return None
    before, after = ([line.text for line in pretty_lines(value)] for value in values)
    found = (line for line in difflib.ndiff(before, after) if line[:2] in _KINDS)
    return [Line(line[2:], kind=_KINDS[line[:2]]) for line in found]


NOT_JSON = object()
"""What `parsed` returns for a text that is no JSON: no JSON value is it."""


def parsed(text: str) -> Any:
    """Return the value of a JSON text, NOT_JSON for any other text, and for one beyond the limits of reading."""
    try:
        return bounded_json.parse(text.encode("utf-8", "surrogatepass"))
    except (bounded_json.NotJson, UnicodeError):
        return NOT_JSON


def _marked(line: Line, paths: frozenset[str], differences: Places) -> Line:
    if line.closing:
        return line
    if any(line.path.endswith(f".{name}") and _has(line, value) for name, value in differences.found):
        return replace(line, kind="changed", note="this enrollment should not be found")
    for path, change in differences.changed:
        if _is_at(line.path, path, paths):
            return replace(line, kind="changed", note=change.words(line.text))
    if any(_is_at(line.path, path, paths) for path in differences.new):
        return replace(line, kind="new", note="it was not there")
    return line


def _has(line: Line, value: str) -> bool:
    return line.text.rstrip(",").endswith(f": {value}")


def _is_at(path: str, wanted: str, paths: frozenset[str]) -> bool:
    """Return whether a line's path, of all these, is the one that is meant.

    A judgement may name a path within a part of the body, and a symptom names none of a list's elements.
    """
    if wanted in paths:
        return path == wanted
    plain = _INDEX.sub("", path)
    return plain == wanted or (len(wanted) > 1 and plain.endswith(_INDEX.sub("", wanted.removeprefix("$"))))


def _with_missing(lines: list[Line], path: str, name: str, sent: Sequence[Any]) -> list[Line]:
    """Return the lines with the member that is missing where its object ends; at most at three places."""
    paths = frozenset(line.path for line in lines)
    ends = [place for place, line in enumerate(lines) if line.closing and _is_at(line.path, path, paths)]
    value = next(_values(sent, f"{path}.{name}"), NOT_JSON)
    for place in reversed(ends[:_MOST_PLACES]):
        depth = depth_of(lines[place]) + 1
        texts = [f'{"  " * depth}"{name}"'] if value is NOT_JSON else member_lines(name, value, depth)
        cut = [*texts[:_MOST_LINES], f"{'  ' * depth}…"] if len(texts) > _MOST_LINES else texts
        added = [Line(text, kind="missing", note="" if number else "it is missing") for number, text in enumerate(cut)]
        lines = [*lines[:place], *added, *lines[place:]]
    return lines


def _values(sent: Sequence[Any], wanted: str) -> Iterator[Any]:
    for body in sent:
        for path, value in _walk(body, "$"):
            if path == wanted or path.endswith(wanted.removeprefix("$")):
                yield value


def _walk(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    yield path, value
    if isinstance(value, dict):
        for name, member in value.items():
            yield from _walk(member, f"{path}.{name}")
    elif isinstance(value, list):
        for index, element in enumerate(value):
            yield from _walk(element, f"{path}[{index}]")


def _around(lines: Sequence[Line], marks: Iterable[int]) -> set[int]:
    """Return the places of the lines that open the objects and lists around these lines."""
    wanted, around = set(marks), set[int]()
    opened: list[int] = []
    for place, line in enumerate(lines):
        while opened and depth_of(lines[opened[-1]]) >= depth_of(line):
            opened.pop()
        if place in wanted:
            around.update(opened)
        opened.append(place)
    return around


def _with_gaps(lines: Sequence[Line], kept: Iterable[int]) -> Iterator[Line]:
    left_out, wanted = 0, set(kept)
    for place, line in enumerate(lines):
        if place not in wanted:
            left_out += 1
            continue
        if left_out:
            yield _gap(left_out)
            left_out = 0
        yield line
    if left_out:
        yield _gap(left_out)


def _gap(count: int) -> Line:
    return Line(f"⋯ {count} line{'' if count == 1 else 's'}", kind="gap")
