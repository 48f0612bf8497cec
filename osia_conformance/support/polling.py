"""The one place that lets time pass."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

Block = Callable[[], AbstractContextManager[object]]


class Clock:
    """The time in which something is waited for, in seconds."""

    def now(self) -> float:
        """Return the seconds since some moment."""
        return time.monotonic()

    def wait(self, seconds: float) -> None:
        """Let `seconds` pass."""
        time.sleep(seconds)


class SkippedTime(Clock):
    """Passes at once when it is waited for, and never else: for calls that are answered from a record."""

    def __init__(self) -> None:
        self._now = 0.0

    def now(self) -> float:
        """Return the seconds that were waited for by now."""
        return self._now

    def wait(self, seconds: float) -> None:
        """Skip `seconds`, and no fewer than make a difference to what has passed."""
        self._now += max(seconds, 1e-6)


_CLOCK = Clock()


def eventually(
    probe: Callable[[], bool],
    within: float | Callable[[], float],
    *,
    pause: float = 0.1,
    waiting: Block = nullcontext,
    clock: Clock = _CLOCK,
) -> float | None:
    """Poll until `probe` holds; return the seconds it took, 0 if it held at once, or None after `within` seconds.

    `within` may be asked for before each pause: what it says may change meanwhile. What does not hold at once is waited
    for within the block that `waiting` opens.
    """
    start = clock.now()
    if probe():
        return 0.0
    with waiting():
        while (left := (within() if callable(within) else within) - (clock.now() - start)) > 0:
            clock.wait(min(pause, left))
            if probe():
                return clock.now() - start
    return None


def wait(seconds: float) -> None:
    """Let `seconds` pass."""
    _CLOCK.wait(seconds)
