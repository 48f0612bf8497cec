"""How many checks are judged at once in the threads of a run: as many as the target stands, and none after its end."""

from __future__ import annotations

import math
import statistics
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from osia_conformance.target.response import Response
from osia_conformance.wire.status_codes import PUT_OFF

MOST_THREADS = 16
"""Threads that are worth their while: one of them waits for the others' processor time beyond that."""

_THREADS_PER_SECOND = 550.0
"""Threads for each second that a call takes: 2 at 5 ms, 11 at 20 ms. While one waits, so many others can be at work."""

_MEASURED = 48
"""Calls by which the target's latency is measured."""

_SLOWER = 2.0
"""How many times its first latency a call may take before fewer checks are judged at once."""

_TOLERANCE = 0.005
"""Seconds that a call may take longer whatever it took first: threads wait for each other, too."""


class RunEnded(BaseException):
    """The run is over while a thread of it is at work; no Exception, so that nothing takes it for a judgement."""


def threads_for(latency: float | None, rate: float) -> int:
    """Return how many checks to judge at once, 1 to 16, where a call takes `latency` seconds (None: not known).

    `rate` is the calls that may leave per second, 0 for no limit.
    """
    if latency is None:
        return 1
    return max(1, min(int(latency * _THREADS_PER_SECOND), most_for_rate(latency, rate)))


def most_for_rate(latency: float | None, rate: float) -> int:
    """Return how many checks at once `rate` calls a second keep busy, at most 16, where a call takes `latency`
    seconds (None: not known); more of them would only wait for each other.
    """
    by_rate = math.ceil(rate * (latency or 0.0)) + 1 if rate else MOST_THREADS
    return min(by_rate, MOST_THREADS)


class CheckSlots:
    """Lets up to `most` checks be judged at once; fewer while the target puts calls off, or has become slower.

    `latency` is the seconds that a call took before; None: the first calls tell.
    """

    def __init__(self, most: int, latency: float | None = None) -> None:
        self.most = most
        self.allowed = most
        self.fewest = most
        self._latency = latency
        self._taken = 0
        self._coming_back = 0
        self._ended = False
        self._changed = threading.Condition()
        self._seconds: deque[float] = deque(maxlen=_MEASURED)
        self._put_off = False
        self._since_step = most

    def take(self) -> None:
        """Wait until one more check may be judged; raise RunEnded if none may be any more."""
        with self._changed:
            self._changed.wait_for(lambda: self._ended or self._taken + self._coming_back < self.allowed)
            self.require()
            self._taken += 1

    def give_back(self) -> None:
        """Note that a check was judged."""
        with self._changed:
            self._taken -= 1
            self._changed.notify_all()

    @contextmanager
    def given_up(self) -> Iterator[None]:
        """Let another check be judged within the block, because the one of this thread waits; it goes on before checks
        that have not begun. Raises RunEnded if nothing more may be judged.
        """
        self.give_back()
        try:
            yield
        finally:
            self._take_again()

    def _take_again(self) -> None:
        with self._changed:
            self._coming_back += 1
            self._changed.wait_for(lambda: self._ended or self._taken < self.allowed)
            self._coming_back -= 1
            self.require()
            self._taken += 1

    def end(self) -> None:
        """Let nothing more be judged, nor sent."""
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def require(self) -> None:
        """Raise RunEnded if nothing more is sent."""
        if self._ended:
            raise RunEnded

    def record(self, response: Response) -> None:
        """Note a response: half as many checks at once after one that puts off, or after many slow ones.

        One more after each `_MEASURED` calls without either.
        """
        with self._changed:
            self._since_step += 1
            self._seconds.append(response.elapsed)
            if response.status in PUT_OFF:
                self._put_off = True
                # Calls that were under way beside it are put off as well, and say nothing new.
                if self._since_step > self.allowed:
                    self._step_back()
            elif len(self._seconds) == _MEASURED:
                self._measure()

    def _measure(self) -> None:
        """Compare the last calls with what a call took at first."""
        median = statistics.median(self._seconds)
        if self._latency is None:
            self._latency = median
        if median > _SLOWER * self._latency + _TOLERANCE:
            self._step_back()
            return
        self._seconds.clear()
        if not self._put_off and self.allowed < self.most:
            self.allowed += 1
            self._changed.notify_all()
        self._put_off = False

    def _step_back(self) -> None:
        self.allowed = max(1, self.allowed // 2)
        self.fewest = min(self.fewest, self.allowed)
        self._since_step = 0
        self._seconds.clear()
