"""Valid data that is not canonical may be refused by a rule of the server's own (RUL-RANDOM-DATA)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from osia_conformance.exchange import Answer
from osia_conformance.expectations import DONE, CannotTell, expect_status, phrase
from osia_conformance.target import Target

if TYPE_CHECKING:
    from osia_conformance.enrollments import Enrollments

RULING = "RUL-RANDOM-DATA"
REFUSALS = frozenset({400, 403, 413})


def expect_taken(enrollments: Enrollments, answer: Answer, whole: Any) -> Answer:
    """Judge that a write was taken which leaves `whole`, valid data that is not canonical; return the answer.

    Where it was refused, a create of the same data tells whether that was for the data: CannotTell if it is refused
    too, by a rule of the server's own perhaps, and observed.
    """
    if answer.status in REFUSALS:
        offered = enrollments.new().create(whole)
        if offered.status in REFUSALS:
            text = f"what {answer.operation} would leave is refused by a create, too, with {phrase(offered.status)}"
            enrollments.target.observe(RULING, text, offered)
            raise CannotTell(f"{text}: a rule of the server's own, perhaps, which [profile] can state")
    return expect_status(answer, DONE)


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
        self._target.observe(RULING, self._refused, answer)
        return False

    def each(self, bodies: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
        """Yield the bodies with their labels; CannotTell at the end if none was taken."""
        yield from bodies.items()
        if not self._taken:
            raise CannotTell(f"valid data was refused, perhaps by a rule of the server's own: {self._refused}")
