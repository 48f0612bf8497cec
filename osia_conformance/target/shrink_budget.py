"""What a session may spend on making failing examples smaller, in calls and in seconds."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from threading import Lock

CALLS = {"quick": 120, "standard": 900, "thorough": 4_500}
"""Calls of a run, by effort: less than a fifth of what it sends to a conforming server."""
SECONDS = {"quick": 4.0, "standard": 15.0, "thorough": 60.0}
_SHARE = 2
"""One check may spend this part of what is left, so that something is left for the others."""
_LEAST_CALLS = 60
"""What one check may send all the same: a smaller budget than this makes nothing smaller."""


class Allowance:
    """What one check may spend. `sent` returns how many calls it has sent by now."""

    def __init__(self, calls: float, seconds: float, sent: Callable[[], int]) -> None:
        self._calls, self._seconds, self._sent = calls, seconds, sent
        self._sent_before, self._started = sent(), time.monotonic()

    @property
    def calls(self) -> int:
        """Calls that were spent."""
        return self._sent() - self._sent_before

    @property
    def seconds(self) -> float:
        """Seconds that were spent."""
        return time.monotonic() - self._started

    @property
    def is_over(self) -> bool:
        """Whether no further example is to be tried."""
        return self.calls >= self._calls or self.seconds >= self._seconds


class ShrinkBudget:
    """The budget of one process of a run with so many of them side by side. Safe for its threads.

    It remembers which failures were made smaller: another one of the same symptom is shown as it is.
    """

    def __init__(self, effort: str, processes: int) -> None:
        self._calls = CALLS[effort] / max(1, processes)
        self._seconds = SECONDS[effort]
        self._shrunk: set[Hashable] = set()
        self._lock = Lock()

    def allowance(self, sent: Callable[[], int]) -> Allowance:
        """Return what a check may spend from now on."""
        calls = min(self._calls, max(_LEAST_CALLS, self._calls / _SHARE))
        return Allowance(calls, self._seconds / _SHARE, sent)

    def settle(self, allowance: Allowance, symptom: Hashable | None) -> None:
        """Take off what a check has spent, and note the symptom of the failure that it made smaller, if it is one."""
        with self._lock:
            self._calls = max(0.0, self._calls - allowance.calls)
            self._seconds = max(0.0, self._seconds - allowance.seconds)
            if symptom is not None:
                self._shrunk.add(symptom)

    @property
    def is_spent(self) -> bool:
        """Whether nothing is left of it."""
        return not (self._calls and self._seconds)

    def knows(self, symptom: Hashable) -> bool:
        """Return whether a failure of this symptom was made smaller before."""
        return symptom in self._shrunk
