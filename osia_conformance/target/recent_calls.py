"""The calls that may have ended the service: the last ones before nothing answered any more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from osia_conformance.target.recorder import ExchangeRecord
from osia_conformance.target.request import Request


@dataclass(frozen=True, slots=True)
class SentCall:
    """A call of a check and its exchange. `began` and `ended` are seconds since the epoch.

    `arrived` tells whether the server may have seen it, `gateway` whether a gateway may have answered in its place.
    """

    request: Request
    exchange: ExchangeRecord
    check: str
    began: float
    ended: float
    arrived: bool = True
    gateway: bool = False


class RecentCalls:
    """The last call of a session that was answered, and those since then that were not."""

    def __init__(self) -> None:
        self.answered: SentCall | None = None
        self._unanswered: list[SentCall] = []
        self._known: set[str] = set()

    def record_answered(self, call: SentCall) -> None:
        """Note a call that a whole response came to. What ended before it was sent did not end the service."""
        self.answered = call
        self._known.add(call.request.operation.id)
        self._unanswered = [one for one in self._unanswered if one.ended > call.began]

    def record_unanswered(self, call: SentCall) -> None:
        """Note a call that no whole response of the server came to."""
        self._unanswered.append(call)

    @property
    def gateway_row(self) -> int:
        """How many of the last calls a gateway may have answered; 0 where all of them are of one operation, which the
        server has never answered: that one alone may be out of order."""
        row = [call.request.operation.id for call in self._unanswered if call.gateway]
        return len(row) if len({*row}) > 1 or self._known & {*row} else 0

    @property
    def found_nobody(self) -> bool:
        """Whether the last call reached no server, after one that got no answer: a process that ended leaves that."""
        return len(self._unanswered) > 1 and self._unanswered[0].arrived and not self._unanswered[-1].arrived

    def forget(self) -> None:
        """Forget all of them: the service is back, and each was repeated."""
        self.answered, self._unanswered = None, []

    def suspects(self) -> Sequence[SentCall]:
        """Return the calls after which nothing answered.

        These are the first one that the server may have seen, with those under way beside it; where it saw none, the
        last one that it answered. Of a gateway's answer nobody can tell whether the server saw the call: both.
        """
        arrived = [call for call in self._unanswered if call.arrived]
        first = [call for call in arrived if call.began <= arrived[0].ended]
        if self.answered and (not first or first[0].gateway):
            return [self.answered, *first]
        return first
