"""How long the target is polled for what it does not show yet (RUL-VISIBILITY), and what a session learns of that."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Literal

from osia_conformance.support.polling import eventually

Lag = Literal["search", "expression", "removal", "optional", "deletion", "processing"]
"""What is waited for: a search that shows a write, one with further expressions, one that shows no longer what is gone
or changed, one without which a case is left open; a deletion that reads show; processing of a finalized enrollment."""

_SHORTENED = 10
"""What never came within the whole time is given so many times less of it afterwards, half of that next, ..."""
_LONGEST_TIMES = 3
"""... but so many times the longest lag that was seen, if that is more."""
_IMPLIED: Mapping[Lag, tuple[Lag, ...]] = {
    "search": ("expression", "removal", "optional"),
    "deletion": ("removal",),
}
"""What cannot be expected any more either, where a lag never ended."""


class Visibility:
    """What one process of a run knows of the target's lags, whichever thread learned it.

    `within` is the seconds in which a write must show.

    A target that needs no more than `within` is always given all of it: only what has once not come in that time is
    not waited for in full again.
    """

    def __init__(self, within: float) -> None:
        self.within = within
        self._longest = 0.0
        self._missed: Counter[Lag] = Counter()

    def eventually(self, lag: Lag, probe: Callable[[], bool]) -> float | None:
        """Poll until `probe` holds; return the seconds that it took, 0 if it held at once, None if it did not come."""
        took = eventually(probe, self.seconds(lag))
        if took is None:
            self._missed.update((lag, *(one for one in _IMPLIED.get(lag, ()) if not self._missed[one])))
        else:
            self._longest = max(self._longest, took)
        return took

    def seconds(self, lag: Lag) -> float:
        """Return how long is waited for it from now on."""
        misses = self._missed[lag]
        if not misses:
            return self.within
        shortened = self.within / _SHORTENED / 2.0 ** (misses - 1)
        return min(self.within, max(shortened, _LONGEST_TIMES * self._longest))
