"""The time that is left for a run."""

from __future__ import annotations

import math
import time


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
