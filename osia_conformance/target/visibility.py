"""How long the target is polled for what it does not show yet (RUL-VISIBILITY), and what a run learns of that."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from threading import Lock
from typing import Literal

from osia_conformance.support.polling import Block, Clock, eventually
from osia_conformance.target.recorder import CheckEvidence

Lag = Literal["search", "expression", "removal", "deletion", "processing"]
"""What is waited for: a search that shows a write, one with further expressions, one that shows no longer what is gone
or changed; a deletion that reads show; processing of a finalized enrollment."""

_SHORTENED = 10
"""Where a whole wait made a requirement fail, its checks wait so many times shorter from then on; ..."""
_MANY, _SHORTEST = 4, 100
"""... after so many such waits in a row for a lag that never ended, so many times shorter; ..."""
_ENOUGH = 2
"""So many requirements that failed in a row for a lag show that it does not end."""
_ENOUGH_IN_A_CHECK = 2
"""So many whole waits in one check show it for that check: a sequence of calls that failed is made smaller."""
_LONGEST_TIMES = 3
"""... but so many times the longest lag that was seen, if that is more."""
_IMPLYING: Mapping[Lag, tuple[Lag, ...]] = {
    "expression": ("search",),
    "removal": ("search", "deletion"),
}
"""Lags without whose end this one cannot be expected to end either."""


class Visibility:
    """What one process of a run knows of the target's lags, whichever thread learned it.

    `within` is the seconds in which a write must show, `waited` those that checks have waited for one in all;
    they wait within the block that `waiting` opens, by `clock`.

    No check fails for a lag that it did not wait for in full, unless after a whole wait its requirement has failed for
    that lag in another check, or two others have, or it waited in full twice; what came once is waited for in full
    again. A wait that only leaves a case open may be shorter once a whole wait left one open or failed a check, so that
    the run is not conformant anyway, until a lag was seen to end: what came at once shows no end of one.
    """

    def __init__(self, within: float) -> None:
        self.within = within
        self.waited = 0.0
        self.waiting: Block = nullcontext
        self.clock = Clock()
        self._longest = 0.0
        self._failed: set[tuple[Lag, str]] = set()
        self._endless: set[Lag] = set()
        self._in_vain: Counter[Lag] = Counter()
        self._missed: Counter[tuple[Lag, str]] = Counter()
        self._lock = Lock()

    def eventually(
        self,
        lag: Lag,
        probe: Callable[[], bool],
        check: CheckEvidence,
        *,
        judged: bool = True,
        passed: float = 0.0,
    ) -> float | None:
        """Poll for a check until `probe` holds; return the seconds that it took, 0 if it held at once, None if it did
        not come. It is `judged`, or leaves a case open if it does not come; `passed` are seconds of the lag before.
        """
        seconds = 0.0

        def left() -> float:
            # Asked again and again: what other checks learn meanwhile may end a wait that they would not begin.
            nonlocal seconds
            seconds = self.seconds(lag, check, judged=judged)
            return seconds - passed

        took = eventually(probe, left, waiting=self.waiting, clock=self.clock)
        with self._lock:
            self.waited += max(0.0, seconds - passed) if took is None else took
        if took is not None:
            self._record_end(lag, passed + took if took else 0.0)
        elif seconds < self.within:
            with self._lock:
                self._in_vain[lag] += 1
        elif judged:
            check.missed.add(lag)
            with self._lock:
                self._missed[lag, check.id] += 1
        else:
            with self._lock:
                self._endless.add(lag)
        return took

    def seconds(self, lag: Lag, check: CheckEvidence, *, judged: bool = True) -> float:
        """Return how long a check waits for it from now on."""
        lags = (lag, *_IMPLYING.get(lag, ()))
        with self._lock:
            known = {name for one, name in self._failed if one in lags}
            is_endless = not self._endless.isdisjoint(lags)
            shorter = _SHORTENED if self._in_vain[lag] < _MANY else _SHORTEST
            is_missed = self._missed[lag, check.id] >= _ENOUGH_IN_A_CHECK
        may_fail = check.requirement in known or len(known) >= _ENOUGH or is_missed
        if not (may_fail if judged else is_endless):
            return self.within
        return min(self.within, max(self.within / shorter, _LONGEST_TIMES * self._longest))

    def record_failure(self, check: CheckEvidence) -> None:
        """Note that a check failed; what it waited for in full failed its requirement."""
        if not check.requirement:
            return
        with self._lock:
            self._failed |= {(lag, check.requirement) for lag in check.missed}
            self._endless |= check.missed

    def _record_end(self, lag: Lag, took: float) -> None:
        """Note what came: others are given the whole time again by which they may fail, and after a lag all are."""
        with self._lock:
            self._failed = {(one, name) for one, name in self._failed if one != lag}
            self._missed = Counter({key: times for key, times in self._missed.items() if key[0] != lag})
            if took:
                self._longest = max(self._longest, took)
                self._in_vain[lag] = 0
                self._endless.discard(lag)
