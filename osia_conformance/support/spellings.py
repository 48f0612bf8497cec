"""The ways in which a secret may stand in a text: as it is, escaped, in base64, in hexadecimal, in any case.

Spellings are in lower case, and are looked for in a text made lower case: of ASCII letters alone, so that no
position moves.
"""

from __future__ import annotations

import base64
import html
import json
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from urllib.parse import quote, quote_plus

SHORTEST_SECRET = 4
_SHORTEST_LINE = 16
_SHORTEST_INNER = 8
_MOST_LOOKED_UP = 16
"""Beginnings in a text up to which it is looked up what stands at each; with more, each spelling is searched for."""
_ROUNDS = 3
"""How many times over an escape may be escaped."""
_ESCAPE = re.compile(
    rb"\\+u(?P<unicode>[0-9a-f]{4})|\\+x(?P<byte>[0-9a-f]{2})|\\+(?P<plain>[\"'/])|%(?P<percent>[0-9a-f]{2})"
    rb"|&#x0*(?P<hex>[0-9a-f]{1,5});|&#0*(?P<decimal>[0-9]{1,7});"
)
_HALF_ESCAPE = rb"(?:\\+(?:u[0-9a-f]{0,3}|x[0-9a-f]?)?|%[0-9a-f]?|&(?:#(?:x?0*[0-9a-f]{0,7})?)?|&[a-z]{1,5})?"
CUT_AT_END = re.compile(_HALF_ESCAPE + rb"\Z")
"""The end of a text that was cut, with what is left there of an escape."""
CUT_WITHIN = re.compile(_HALF_ESCAPE + rb"(?:\Z|[\"'`)}\]]|\.\.\.|" + "…".encode() + rb")")
"""Where a text that was cut may end within another."""
_LAST_CHARACTER = 0x10FFFF


def spellings(secret: str) -> set[bytes]:
    """Return the spellings under which a secret is looked for, in lower case."""
    raw = secret.encode("utf-8", "surrogatepass")
    percent = [quote(raw, safe=""), quote(raw), quote_plus(raw)]
    texts = {secret, html.escape(secret), html.escape(secret, quote=False), *_json_forms(secret), *percent}
    # As Python, and so h11, quotes a text.
    texts |= {repr(secret)[1:-1], repr(raw)[2:-1]}
    # A target that puts what it was sent into a JSON text, and that into another.
    texts |= {again for once in _json_forms(secret) for again in _json_forms(once)}
    forms = {text.encode("utf-8", "surrogatepass") for text in texts}
    forms |= {coded for form in tuple(forms) for coded in _base64_forms(form)}
    forms |= {form.hex().encode() for form in (raw, base64.b64encode(raw))}
    lines = [line for line in secret.splitlines() if len(line) >= _SHORTEST_LINE and not line.startswith("-----")]
    forms |= {line.encode("utf-8", "surrogatepass") for line in lines}
    return {form.lower() for form in forms if len(form) >= SHORTEST_SECRET}


def occurrences(data: bytes, form: bytes) -> Iterable[tuple[int, int]]:
    """Yield where `form` stands in `data`, as start and end; occurrences may overlap."""
    at = data.find(form)
    while at >= 0:
        yield at, at + len(form)
        at = data.find(form, at + 1)


class FormGroup:
    """Spellings that begin with the same bytes. Threads may add to it while others search."""

    def __init__(self) -> None:
        self._forms: set[bytes] = set()
        self._lengths: set[int] = set()

    def __iter__(self) -> Iterator[bytes]:
        """Give the spellings that there are now."""
        return iter(tuple(self._forms))

    def add(self, form: bytes) -> None:
        """Take in a spelling."""
        self._forms.add(form)
        self._lengths.add(len(form))

    def found_in(self, data: bytes, beginning: bytes) -> Iterator[tuple[int, int]]:
        """Yield where one of them stands in `data`, as start and end; `beginning` is what all of them begin with.

        Tokens of one key begin alike, so each message has one such beginning, and a long run some hundred spellings.
        """
        starts = [start for start, _ in islice(occurrences(data, beginning), _MOST_LOOKED_UP + 1)]
        if len(starts) > _MOST_LOOKED_UP:
            for form in self:
                yield from occurrences(data, form)
            return
        for start in starts:
            for length in tuple(self._lengths):
                if start + length <= len(data) and data[start : start + length] in self._forms:
                    yield start, start + length


def views(data: bytes) -> Iterable[View]:
    """Yield `data` in lower case, then with its escapes undone, again and again while there are some."""
    view = View(data.lower())
    yield view
    for _ in range(_ROUNDS):
        if not any(mark in view.data for mark in (b"\\", b"%", b"&#")):
            return
        undone = _undone(view.data)
        if undone is None:
            return
        view = View(undone.data, undone.marks, view)
        yield view


def common_length(form: bytes, data: bytes, at: int) -> int:
    """Return how many bytes of `form` stand in `data` from `at` on."""
    part = data[at : at + len(form)]
    return next(
        (number for number, (one, other) in enumerate(zip(form, part, strict=False)) if one != other), len(part)
    )


@dataclass(frozen=True, slots=True)
class View:
    """A text with escapes undone. `marks` are the starts of its pieces: here, in `under`, and their end there where
    the piece is an escape (-1: it is the text itself)."""

    data: bytes
    marks: list[tuple[int, int, int]] = field(default_factory=list)
    under: View | None = None

    def span(self, start: int, stop: int) -> tuple[int, int]:
        """Return where in the whole text the part from `start` to `stop` of this view came from."""
        if self.under is None:
            return start, stop
        return self.under.span(self._place(start)[0], self._place(stop - 1)[1])

    def _place(self, at: int) -> tuple[int, int]:
        """Return start and end, in the text below, of what stands here at `at`."""
        here, there, end = self.marks[bisect_right(self.marks, (at, _LAST_CHARACTER << 32, 0)) - 1]
        return (there, end) if end >= 0 else (there + at - here, there + at - here + 1)


def _undone(data: bytes) -> View | None:
    pieces: list[bytes] = []
    marks: list[tuple[int, int, int]] = []
    length = end = 0
    for match in _ESCAPE.finditer(data):
        if match.start() > end:
            marks.append((length, end, -1))
            pieces.append(data[end : match.start()])
            length += match.start() - end
        character = _character(match)
        if character:
            marks.append((length, match.start(), match.end()))
            pieces.append(character)
            length += len(character)
        end = match.end()
    if not marks:
        return None
    marks.append((length, end, -1))
    return View(b"".join([*pieces, data[end:]]), marks)


def _character(match: re.Match[bytes]) -> bytes:
    """Return what an escape stands for, in lower case; nothing for one that stands for no character."""
    kind = match.lastgroup or "plain"
    text = match[kind]
    if kind == "plain":
        return text
    number = int(text, 10 if kind == "decimal" else 16)
    if kind in ("percent", "byte"):
        return bytes([number]).lower()
    return chr(number).encode("utf-8", "surrogatepass").lower() if number <= _LAST_CHARACTER else b""


def _json_forms(text: str) -> set[str]:
    """Return `text` as it stands in a JSON string, with and without the escapes that are optional (RFC 8259, 7)."""
    plain = {json.dumps(text, ensure_ascii=choice)[1:-1] for choice in (True, False)}
    return plain | {form.replace("/", "\\/") for form in plain}


def _base64_forms(raw: bytes) -> set[bytes]:
    """Return `raw` in base64, alone and as it stands inside longer base64 at each of the three alignments."""
    forms = {base64.b64encode(raw).rstrip(b"=")}
    for shift in range(3):
        whole = base64.b64encode(bytes(shift) + raw)
        bits = (shift + len(raw)) * 8
        inner = whole[-(-shift * 8 // 6) : bits // 6]
        if len(inner) >= _SHORTEST_INNER:
            forms.add(inner)
    return forms | {form.translate(bytes.maketrans(b"+/", b"-_")) for form in forms}
