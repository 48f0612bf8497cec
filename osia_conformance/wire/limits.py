"""What a call may cost: how often calls leave, how large an answer may be before and after decompression."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from osia_conformance.support import polling

LARGEST_ANSWER = 8 * 1024 * 1024
"""Bytes of an answer's body that are kept, before and after decompression."""

LARGEST_HEAD = 64 * 1024
"""Bytes of status line and headers (and of one chunk's header or the trailers) that are read."""

MOST_HEADERS = 500
"""Header fields that one answer may have."""

MOST_INTERIM = 20
"""Interim answers (1xx) that may come before the answer."""

CONNECTING = 5.0
"""Seconds in which a connection must stand, TLS included, where the request leaves it more."""


class RateLimiter:
    """Spaces the calls of one worker so that all workers together stay within `rate` calls per second.

    `rate` 0 means no limit. `clock` gives seconds, `wait` waits for seconds; both can be replaced.
    Raises ValueError for a negative rate or less than one worker.
    """

    def __init__(
        self,
        rate: float,
        workers: int = 1,
        *,
        clock: Callable[[], float] = time.monotonic,
        wait: Callable[[float], None] = polling.wait,
    ) -> None:
        if not 0 <= rate < float("inf"):
            raise ValueError(f"rate must be 0 (no limit) or calls per second, not {rate}")
        if workers < 1:
            raise ValueError(f"workers must be at least 1, not {workers}")
        self._interval = workers / rate if rate else 0.0
        self._clock = clock
        self._wait = wait
        self._next = 0.0
        self._lock = threading.Lock()

    def wait(self) -> float:
        """Wait until the next call may leave and return the seconds waited; threads are served in turn."""
        if not self._interval:
            return 0.0
        with self._lock:
            now = self._clock()
            slot = max(now, self._next)
            self._next = slot + self._interval
        delay = slot - now
        if delay > 0:
            self._wait(delay)
        return delay


class Deadline:
    """The time that one request may take in all, from now on, in seconds."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.began = time.monotonic()

    @property
    def elapsed(self) -> float:
        """Seconds since the request began."""
        return time.monotonic() - self.began

    def part(self, most: float) -> Deadline:
        """Return a deadline for a first part of the request: `most` seconds from now on, or what is left of it."""
        return Deadline(most) if self.seconds - self.elapsed > most else self

    def left(self) -> float:
        """Return the seconds that are left, more than 0; raise TimeoutError if there are none."""
        left = self.seconds - self.elapsed
        if left <= 0:
            raise TimeoutError
        return left
