"""The time that is left for a run."""

from __future__ import annotations

import math
import time

PLANNED_CALLS = {"quick": 3_000, "standard": 5_000, "thorough": 25_000}
"""About how many calls a run sends, by effort (docs/benchmarks.md)."""
_SLOW = 0.1
"""Which part of the timeout a call takes in the slowest run that is waited for unasked."""
_LEAST = 900.0


def run_seconds(max_time: float | None, effort: str, timeout: float) -> float:
    """Return the seconds that a run may take: as stated, or by the calls that it plans; 0 for no limit.

    A target that answers each call just before its timeout would hold a run for a day.
    """
    return max(_LEAST, PLANNED_CALLS[effort] * timeout * _SLOW) if max_time is None else max_time


def time_is_up(seconds: float) -> str:
    """Return the reason why nothing more is judged when a run's `seconds` are over."""
    return f"the run's time was up (max-time {seconds:g} s)"


class RunBudget:
    """The time that is left for a run or a part of it, the same in all its processes.

    `until` is seconds since the epoch, None for no limit; `reason` says, when it is over, what is over.
    """

    def __init__(self, until: float | None, reason: str) -> None:
        self.reason = reason
        self._ends = math.inf if until is None else time.monotonic() + until - time.time()

    def left(self) -> float:
        """Return the seconds that are left: 0 if it is over, infinite if there is no limit."""
        return max(0.0, self._ends - time.monotonic())

    @property
    def over(self) -> bool:
        """Whether nothing is left."""
        return self.left() <= 0
