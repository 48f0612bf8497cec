"""What checks share on the target as long as it stays as it was, such as an enrollment for calls to be refused.

A check that used shared resources and does not pass is judged again with its own, and only that counts: what another
check did to them makes no failure, and the evidence of a failure shows its whole way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from osia_conformance.target.outcome_errors import FailedStart, ServerError, Unjudged, Violation
from osia_conformance.target.recorder import ExchangeRecord

if TYPE_CHECKING:
    from osia_conformance.target.enrollment.enrollments import Enrollments
    from osia_conformance.target.session import Session

T = TypeVar("T")


class SharedStateChanged(Exception):
    """A shared resource may differ from what it was: the check needs its own."""


@dataclass(frozen=True, slots=True)
class _Shared:
    """A shared value and the exchanges that made it."""

    value: Any
    exchanges: list[ExchangeRecord]


class SharedResources:
    """Keeps what the checks of a session share. A run that only reads creates nothing, and shares no resource."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._released = bool(session.settings.target.read_only)
        self._resources: dict[str, _Shared] = {}
        self._responses: dict[str, list[_Shared]] = {}
        self._withdrawn: set[str] = set()
        self._used: set[str] = set()
        self._owners: list[Enrollments] = []

    def obtain(self, own: Enrollments, label: str, make: Callable[[Enrollments], T]) -> T:
        """Return what `make` makes for all checks that ask by this label; from `own` once it is no longer shared.

        The exchanges that made it are evidence of each check that uses it. Raises what `make` raises.
        """
        if self._released or label in self._withdrawn:
            return make(own)
        self._used.add(label)
        exchanges = self._session.evidence.exchanges
        if label in self._resources:
            exchanges.extend(self._resources[label].exchanges)
        else:
            known = len(exchanges)
            # Workers that share nothing with each other must not find each other's.
            owner = self._session.shared_enrollments(label + self._session.sharing_label)
            self._owners.append(owner)
            made = make(owner)
            self._resources[label] = _Shared(made, exchanges[known:])
        shared: T = self._resources[label].value
        return shared

    def responses(
        self, label: str, produce: Callable[[], Iterator[T]], keep: Callable[[T], bool] | None = None
    ) -> Iterator[T]:
        """Yield what `produce` yields, which sends requests only for the first check that comes to its end.

        For responses that several requirements are judged on. The exchanges behind each are evidence of every check
        that takes it. Where `keep` says no of one, none is kept, and the next check asks anew.
        """
        evidence = self._session.evidence
        if label in self._responses:
            for shared in self._responses[label]:
                evidence.add(shared.exchanges)
                yield shared.value
            return
        kept: list[_Shared] = []
        known = len(evidence.exchanges)
        for value in produce():
            kept.append(_Shared(value, evidence.exchanges[known:]))
            known = len(evidence.exchanges)
            yield value
        if keep is None or all(keep(shared.value) for shared in kept):
            self._responses[label] = kept

    def return_unchanged(self, label: str) -> None:
        """Note that what was used by this label has no part in the judgement, however the check ends."""
        self._used.discard(label)

    def run_again_if_shared(self, body: Callable[[], None], reset: Callable[[], None]) -> None:
        """Run `body`; where it used shared resources and did not pass, call `reset`, and run it with its own.

        Raises what the last run raises, and a first 500 at once.
        """
        while True:
            self._used.clear()
            try:
                return body()
            except (ServerError, FailedStart):
                self._withdraw()
                raise
            except (SharedStateChanged, Violation, Unjudged):
                if not self._withdraw():
                    raise
            reset()

    def _withdraw(self) -> bool:
        """Share no more what was used; return whether anything was."""
        self._withdrawn |= self._used
        return bool(self._used)

    def release(self) -> None:
        """Delete the shared resources; from now on nothing is shared."""
        self._released = True
        while self._owners:
            self._owners.pop().delete_created()
