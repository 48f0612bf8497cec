"""All lines of a journal for the writers of reports, of which the exchanges are kept as they are written.

A thorough run has some 25,000 exchanges, which take four times the memory once they are decoded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from osia_conformance.verdict import journal

_EXCHANGE = b'{"kind":"exchange",'
_TEXT = rb'"(?:[^"\\]|\\.)*"'
_BEGINNING = re.compile(rb'\{"kind":"exchange","id":(?P<id>%b),"check":(?P<check>%b),' % (_TEXT, _TEXT))
"""How an exchange begins as it is written here."""


_SHORT = 10_000_000
"""Bytes of a journal whose exchanges are decoded at once: a run of standard effort writes some seven million."""


class Exchange(Mapping[str, Any]):
    """An exchange line, which is decoded when it is asked for more than its kind, id and check."""

    __slots__ = ("_last", "_line")

    def __init__(self, line: bytes, last: _LastDecoded) -> None:
        self._line = line
        self._last = last

    def __getitem__(self, name: str) -> Any:
        if name == "kind":
            return "exchange"
        beginning = _BEGINNING.match(self._line) if name in ("id", "check") else None
        return journal.parsed(beginning[name]) if beginning else self._last.of(self._line)[name]

    def get(self, name: str, default: Any = None) -> Any:
        """Return a member, or the default where the line has none of this name."""
        return self[name] if b'"%b":' % name.encode() in self._line and name in self else default

    def __iter__(self) -> Iterator[str]:
        return iter(self._last.of(self._line))

    def __len__(self) -> int:
        return len(self._last.of(self._line))


class _LastDecoded:
    """Keeps the line that was decoded last, of which mostly several members are wanted."""

    def __init__(self) -> None:
        self._kept: tuple[bytes, dict[str, Any]] = (b"", {})

    def of(self, line: bytes) -> dict[str, Any]:
        """Return the members of a line."""
        known, members = self._kept
        if known is not line:
            members = journal.parsed(line)
            self._kept = (line, members)
        return members


def lines(directory: Path) -> list[Mapping[str, Any]]:
    """Return the journal's lines in order, as `journal.read` does and with its errors.

    Of a long journal a line of an exchange that is no JSON is found when it is decoded.
    """
    written = list(journal.whole_lines(directory))
    last = _LastDecoded()
    # Each writer reads each exchange once or twice: a short journal is decoded once for all of them.
    is_short = sum(map(len, written)) <= _SHORT
    return [
        journal.decoded(line, number) if is_short or not line.startswith(_EXCHANGE) else Exchange(line, last)
        for number, line in enumerate(written, start=1)
    ]
