"""The calls that may have ended the service: the last ones before nothing answered any more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from osia_conformance.target.recorder import ExchangeRecord
from osia_conformance.target.request import Request


@dataclass(frozen=True, slots=True)
class SentCall:
    """A call of a check and its exchange. `began` and `ended` are seconds since the epoch.

    `arrived` tells whether the server may have seen it.
    """

    request: Request
    exchange: ExchangeRecord
    check: str
    began: float
    ended: float
    arrived: bool = True


class RecentCalls:
    """The last call of a session that was answered, and those since then that were not."""

    def __init__(self) -> None:
        self.answered: SentCall | None = None
        self._unanswered: list[SentCall] = []

    def record_answered(self, call: SentCall) -> None:
        """Note a call that a whole response came to. What ended before it was sent did not end the service."""
        self.answered = call
        self._unanswered = [one for one in self._unanswered if one.ended > call.began]

    def record_unanswered(self, call: SentCall) -> None:
        """Note a call that no whole response came to."""
        self._unanswered.append(call)

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
        last one that it answered.
        """
        arrived = [call for call in self._unanswered if call.arrived]
        first = [call for call in arrived if call.began <= arrived[0].ended]
        return [self.answered] if self.answered and not first else first
