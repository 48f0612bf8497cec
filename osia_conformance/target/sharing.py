"""What checks share on the target as long as it stays as it was: an enrollment for calls that must be refused, say.

A check that borrows and does not pass is judged again with things of its own, and only that counts: what another check
may have done to them never makes a failure, and the evidence of a failure shows its whole way.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from osia_conformance.target.outcome_errors import FailedStart, ServerError, Unjudged, Violation

if TYPE_CHECKING:
    from osia_conformance.target.enrollment.enrollments import Enrollments
    from osia_conformance.target.session import Session

T = TypeVar("T")


class SharedStateChanged(Exception):
    """What was lent may not be any more what it was: the check needs things of its own."""


@dataclass(frozen=True, slots=True)
class _Loan:
    """What was made for all, and the exchanges that made it."""

    made: Any
    exchanges: list[dict[str, Any]]


class SharedResources:
    """Keeps what the checks of a process share. What a run that only reads has is named, and nothing is lent."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._closed = bool(session.settings.target.read_only)
        self._loans: dict[str, _Loan] = {}
        self._withdrawn: set[str] = set()
        self._borrowed: set[str] = set()
        self._makers: list[Enrollments] = []

    def obtain(self, own: Enrollments, label: str, make: Callable[[Enrollments], T]) -> T:
        """Return what `make` makes for all who ask by this label; from `own`, where it is not lent (any more).

        The exchanges that made it are evidence of each check that borrows it. Raises what `make` raises.
        """
        if self._closed or label in self._withdrawn:
            return make(own)
        self._borrowed.add(label)
        log = self._session.target.log
        if label in self._loans:
            log.exchanges.extend(self._loans[label].exchanges)
        else:
            known = len(log.exchanges)
            shared = self._session.shared_enrollments(label)
            self._makers.append(shared)
            made = make(shared)
            self._loans[label] = _Loan(made, log.exchanges[known:])
        lent: T = self._loans[label].made
        return lent

    def run_again_if_shared(self, body: Callable[[], None], again: Callable[[], None]) -> None:
        """Run `body`; where it borrowed and did not pass, call `again`, and run it with things of its own.

        Raises what the last run raises, and a first 500 at once.
        """
        while True:
            self._borrowed.clear()
            try:
                return body()
            except (ServerError, FailedStart):
                self._withdraw()
                raise
            except (SharedStateChanged, Violation, Unjudged):
                if not self._withdraw():
                    raise
            again()

    def _withdraw(self) -> bool:
        """Lend what was borrowed no more; return whether anything was."""
        self._withdrawn |= self._borrowed
        return bool(self._borrowed)

    def release(self) -> None:
        """Delete what was lent, which ends the lending."""
        self._closed = True
        while self._makers:
            self._makers.pop().clean_up()
