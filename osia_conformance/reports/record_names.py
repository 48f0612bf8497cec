"""Ids made short for readers: the records that requests name are A and B, all other UUIDs lose their end."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from osia_conformance.reports.exchanges import Record
from osia_conformance.standard.operations import by_id

UUID = re.compile(r"\b([0-9a-fA-F]{8})-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}\b")
_PARAMETER = re.compile(r"\{[^}]*\}")
_SHORTEST = 8
"""Characters of an id that is named: a shorter one may be part of any other text."""
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a text: `text` is shown; `whole` is what it stands for, "" where it is shown whole.

    `named` is set for a record that has a name of its own.
    """

    text: str
    whole: str = ""
    named: bool = False


class RecordNames:
    """The names of the records that some exchanges are about, in the order in which they appear."""

    def __init__(self, exchanges: Iterable[Record]) -> None:
        ids = dict.fromkeys(name for name in map(record_of, exchanges) if name and len(name) >= _SHORTEST)
        self.names: Mapping[str, str] = {whole: _name(place) for place, whole in enumerate(ids)}
        known = "|".join(re.escape(whole) for whole in sorted(ids, key=len, reverse=True))
        self._pattern = re.compile(f"({known}|{UUID.pattern})" if known else f"({UUID.pattern})")

    def segments(self, text: str) -> list[Segment]:
        """Return a text in pieces, with the ids in it shortened."""
        found, place = [], 0
        for match in self._pattern.finditer(text):
            found += [Segment(text[place : match.start()]), self._shortened(match[0])]
            place = match.end()
        return [segment for segment in (*found, Segment(text[place:])) if segment.text]

    def _shortened(self, whole: str) -> Segment:
        name = self.names.get(whole)
        return Segment(name, whole, named=True) if name else Segment(f"{whole[:8]}…", whole)


def record_of(exchange: Record) -> str | None:
    """Return the id of the record that a request names in its path, None if it names none."""
    operation = by_id().get(str(exchange.get("operation")))
    if operation is None or "{" not in operation.path:
        return None
    before, *_ = _PARAMETER.split(operation.path)
    _, found, rest = exchange["request"]["url"].partition(before)
    return re.split(r"[/?#]", rest)[0] or None if found else None


def _name(place: int) -> str:
    return _LETTERS[place] if place < len(_LETTERS) else f"R{place + 1}"
