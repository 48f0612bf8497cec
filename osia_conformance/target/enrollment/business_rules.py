"""Valid data that is not canonical may be refused by a rule of the server's own (RUL-RANDOM-DATA)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from osia_conformance.target.outcome_errors import CannotTell, status_symptom
from osia_conformance.target.response import Response
from osia_conformance.target.statuses import REFUSALS, status_phrase
from osia_conformance.target.target import Target

RULING = "RUL-RANDOM-DATA"


class AllRefused(CannotTell):
    """Of several valid bodies none was taken."""


class OfferedBodies:
    """Valid bodies that are offered one after the other: those refused are observed, one at least must be taken."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._refused = ""
        self._refusal: Response | None = None
        self._taken = 0

    def is_taken(self, label: str, response: Response) -> bool:
        """Return whether the body `label` was not refused by a rule of business."""
        if response.status not in REFUSALS:
            self._taken += 1
            return True
        self._refused = f"{label} was refused with {status_phrase(response.status)}"
        self._refusal = response
        self._target.observe(RULING, self._refused, response)
        return False

    def each(self, bodies: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
        """Yield the bodies with their labels; AllRefused at the end if none was taken."""
        yield from bodies.items()
        if not self._taken:
            words = f"valid data was refused, perhaps by a rule of the server's own: {self._refused}"
            raise AllRefused(words, self._refusal, status_symptom(self._refusal) if self._refusal else None)
