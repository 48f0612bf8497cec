"""Whether the target is there, which operations are still called, and how much of the run's time is left."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from dataclasses import dataclass

from osia_conformance.auth import CannotIssue
from osia_conformance.standard.operations import Operation
from osia_conformance.support.polling import Clock, eventually
from osia_conformance.target.client import Client
from osia_conformance.target.outcome_errors import Untested
from osia_conformance.target.recorder import CheckEvidence
from osia_conformance.target.request import Request
from osia_conformance.target.response import Response
from osia_conformance.target.run_budget import RunBudget
from osia_conformance.wire.errors import ConnectionLost, NoAnswer, Unsendable
from osia_conformance.wire.status_codes import OF_A_GATEWAY, PUT_OFF

_TIMEOUTS_IN_ROW = 5
"""After so many requests in a row without a response, a probe asks whether the target is still there."""

_TIMEOUTS_OF_OPERATION = 3.0
"""An operation that took so many whole timeouts in a row is suspended."""

_PROBE_SECONDS = 5.0
"""Seconds that a probe may take at least."""

_STARTING = frozenset({502, 503})
"""What a gateway answers while the server behind it starts (RFC 9110, 15.6.3 and 15.6.4)."""

_BACK_PAUSE = 0.2
"""Seconds between two looks at whether a server is back."""

_START_PAUSE = 0.5
"""Seconds between two looks at whether a server has started."""

_NEARLY = 0.9
"""The part of a timeout that counts as a whole one."""


@dataclass(frozen=True, slots=True)
class Probe:
    """A read of what is not there, which tells whether anything answers."""

    client: Client
    request: Request

    def send(self, within: float, evidence: CheckEvidence) -> Response:
        """Send it within so many seconds. Raises NoAnswer, or CannotIssue without a token for it."""
        return self.client.send(self.request, evidence, within)


class Availability:
    """Judges whether the target still answers, for one session or for several in threads.

    `timeout` is the seconds that one request may take in all; `lost` says why the target counts as gone, None while
    it does not; `budget` is the time of the run, or of the part of it that runs now. What the target
    is waited for, here and in `Target`, is waited for by `clock`.
    """

    def __init__(self, timeout: float, budget: RunBudget, probe: Probe) -> None:
        self.timeout = timeout
        self.budget = budget
        self.lost: str | None = None
        self.clock = Clock()
        self._probe = probe
        self._timeouts_in_row = 0
        self._seconds_in_row = 0.0
        self._seconds_of_operation: dict[str, float] = {}
        self._silent_until: dict[str, float] = {}
        self._slowest = 0.0
        self._stop_recorded = False
        self._lock = threading.RLock()
        self._counting = threading.Lock()

    def stop_reason(self) -> str | None:
        """Return why nothing is sent any more, None if something is; the end of the run's time is recorded once."""
        if self.lost:
            return f"the target was lost: {self.lost}"
        if not self.budget.over:
            return None
        with self._lock:
            if not self._stop_recorded:
                self._stop_recorded = True
                self.record_stop("max-time", self.budget.reason)
        return self.budget.reason

    def require(self, operation: Operation) -> None:
        """Raise Untested if the operation is not called any more."""
        if reason := self.stop_reason():
            raise Untested(reason)
        if self._is_suspended(operation.id):
            raise Untested(f"{operation.id} was given up: its last calls went unanswered until their time was up")

    def seconds_left(self, within: float) -> float:
        """Return the seconds that a request may take: `within`, or what is left of the run if that is less."""
        return max(0.01, min(within, self.budget.left()))

    def record_response(self, operation: str, seconds: float) -> None:
        """Note a whole response after `seconds`, whatever its status."""
        with self._counting:
            self._timeouts_in_row, self._seconds_in_row = 0, 0.0
            self._slowest = max(self._slowest, seconds)
            self._seconds_of_operation.pop(operation, None)

    def record_timeout(self, operation: str, error: NoAnswer, began: float, ended: float) -> None:
        """Note that no whole response came to a call from `began` to `ended`, in seconds of the monotonic clock.

        Probe the target after five such requests in a row, or a timeout's worth of them. Raises Untested if the run's
        time is over.
        """
        if isinstance(error, Unsendable):
            return
        if self.budget.over:
            raise Untested(self.budget.reason) from error
        if self._count_timeout(operation, began, ended):
            self.probe_target(f"{error}, and a plain read after it failed too")

    def _count_timeout(self, operation: str, began: float, ended: float) -> bool:
        """Count a call without a whole response; return whether so many in a row ask for a probe.

        Calls of one operation that were under way at once may have met one stall, which counts once for it.
        """
        with self._counting:
            self._timeouts_in_row += 1
            self._seconds_in_row += ended - began
            if began >= self._silent_until.get(operation, began):
                spent = self._seconds_of_operation.get(operation, 0.0)
                self._seconds_of_operation[operation] = spent + ended - began
                self._silent_until[operation] = ended
            return self._timeouts_in_row >= _TIMEOUTS_IN_ROW or self._seconds_in_row >= _NEARLY * self.timeout

    def probe_target(self, reason: str) -> None:
        """Count the target as lost, for this reason, unless it answers a plain read; one thread asks for all."""
        with self._lock:
            if not self.lost and not self._answers():
                self.count_as_lost(reason)

    def count_as_lost(self, reason: str) -> None:
        """Count the target as lost, for this reason."""
        self.lost = reason
        self.record_stop("lost", f"the target was lost: {reason}")

    def is_served(self) -> bool:
        """Return whether a plain read is answered now."""
        return self._is_served(self.probe_timeout)

    def comes_back(self, within: float) -> bool:
        """Return whether a plain read is answered within so many seconds."""
        return self._is_served_within(min(within, self.budget.left()), _BACK_PAUSE)

    def record_stop(self, cause: str, reason: str) -> None:
        """Put on the record why nothing more is judged: `cause` is "max-time" or "lost"."""
        self._probe.client.recorder.write_stop(cause, reason)

    def start_part(self, budget: RunBudget) -> None:
        """Start a part of the run that has a time of its own; a target that was lost may be back."""
        self.budget = budget
        self._seconds_of_operation.clear()
        self._stop_recorded = True
        if self.lost and self._answers():
            self.lost = None

    def _answers(self) -> bool:
        within = self.probe_timeout
        return self._is_served_within(within, min(1.0, within / 5))

    def _is_served_within(self, within: float, pause: float) -> bool:
        each = self.probe_timeout
        return eventually(lambda: self._is_served(each), within, pause=pause, clock=self.clock) is not None

    def ping(self, evidence: CheckEvidence, within: float = math.inf) -> bool:
        """Read what is not there; return whether a whole response came that neither asks to be called later nor is a
        gateway's, in place of the server's.

        Raises NoAnswer, or CannotIssue without a token.
        """
        response = self._probe.send(self.seconds_left(within), evidence)
        if response.truncated:
            return False
        self.record_response(response.operation, response.elapsed)
        return response.status not in PUT_OFF | OF_A_GATEWAY

    def wait_until_started(self, evidence: CheckEvidence, within: float, note: Callable[[str], None]) -> None:
        """Wait up to `within` seconds until a server that is just starting answers; `note` is told why, once.

        It is starting while it refuses connections, or a gateway before it answers 502 or 503.
        """
        told: list[str] = []

        def has_started() -> bool:
            reason = self._starting(evidence)
            if reason and not told:
                told.append(reason)
                note(f"waiting up to {within:g} s for the target to start: {reason}")
            return reason is None

        eventually(has_started, min(within, self.budget.left()), pause=_START_PAUSE, clock=self.clock)

    def _starting(self, evidence: CheckEvidence) -> str | None:
        """Return why a server seems to be just starting, None if it does not."""
        try:
            response = self._probe.send(self.seconds_left(math.inf), evidence)
        except ConnectionLost as error:
            return error.reason
        except (NoAnswer, CannotIssue):
            return None
        return f"it answered {response.status}" if response.status in _STARTING else None

    def _is_served(self, within: float) -> bool:
        try:
            return self.ping(CheckEvidence("still there", self._probe.request.operation.id), within)
        except (NoAnswer, CannotIssue):
            return False

    def _is_suspended(self, operation: str) -> bool:
        """Return whether calling an operation again would only cost time."""
        return self._seconds_of_operation.get(operation, 0.0) >= _TIMEOUTS_OF_OPERATION * _NEARLY * self.timeout

    @property
    def probe_timeout(self) -> float:
        """Seconds in which a target that is still there answers a plain read, by the slowest response so far."""
        return min(self.timeout, max(_PROBE_SECONDS, 2 * self._slowest))
