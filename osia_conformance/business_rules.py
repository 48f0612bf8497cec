"""Valid data that is not canonical may be refused by a rule of the server's own (RUL-RANDOM-DATA)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from osia_conformance.exchange import Answer
from osia_conformance.expectations import CannotTell, phrase
from osia_conformance.target import Target

REFUSALS = frozenset({400, 403, 413})


class Offered:
    """Valid bodies that are offered one after the other: those refused are observed, one at least must be taken."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._refused = ""
        self._taken = 0

    def is_taken(self, label: str, answer: Answer) -> bool:
        """Return whether the body `label` was not refused by a rule of business."""
        if answer.status not in REFUSALS:
            self._taken += 1
            return True
        self._refused = f"{label} was refused with {phrase(answer.status)}"
        self._target.observe("RUL-RANDOM-DATA", self._refused, answer)
        return False

    def each(self, bodies: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
        """Yield the bodies with their labels; CannotTell at the end if none was taken."""
        yield from bodies.items()
        if not self._taken:
            raise CannotTell(f"valid data was refused, perhaps by a rule of the server's own: {self._refused}")
