"""How long a run bears with its target: the time for all of it, silence, and being put off."""

from __future__ import annotations

from osia_conformance.target.run_budget import RunBudget
from osia_conformance.wire.headers import Headers
from osia_conformance.wire.retry_after import retry_after

_SILENT_CALLS = 5
"""So many calls in a row without an answer bring up the question whether the target is still there."""

_MUTE = 3.0
"""An operation that was silent for so many whole calls in a row is not called any more."""

_IN_VAIN = 2
"""So many calls in a row that were put off to their end bring up the same question."""

_UNSEEN = 3
"""So many times in a row all of visible-within was waited for a search in vain; then a tenth must do."""

_SHORTEST = 0.2
"""Seconds that are waited at least, whatever Retry-After says: 0 must not become a flood of calls."""

_PROBE = 5.0
_NEARLY = 0.9


class Availability:
    """What one process has borne so far. `timeout` is the seconds that one call may take in all."""

    def __init__(self, timeout: float, run: RunBudget) -> None:
        self.timeout = timeout
        self.time = run
        self.refusals_in_row = 0
        self._row = 0
        self._cost = 0.0
        self._mute: dict[str, float] = {}
        self._slowest = 0.0
        self._unseen = 0

    def record_response(self, operation: str, seconds: float) -> None:
        """Note an answer after `seconds`, whatever it says."""
        self._row, self._cost = 0, 0.0
        self._slowest = max(self._slowest, seconds)
        self._mute.pop(operation, None)

    def record_served(self) -> None:
        """Note an answer that does not put off."""
        self.refusals_in_row = 0

    def record_timeout(self, operation: str, seconds: float) -> bool:
        """Note that no answer came in `seconds`; return whether the target may be gone.

        That is, it was silent five times, or for as long as a call may take.
        """
        self._row += 1
        self._cost += seconds
        self._mute[operation] = self._mute.get(operation, 0.0) + seconds
        return self._row >= _SILENT_CALLS or self._cost >= _NEARLY * self.timeout

    def record_put_off(self) -> bool:
        """Note that a call was put off to its end; return whether the target may serve nobody at all."""
        self.refusals_in_row += 1
        return self.refusals_in_row >= _IN_VAIN

    def is_suspended(self, operation: str) -> bool:
        """Return whether an operation was silent so long that calling it again only costs time."""
        return self._mute.get(operation, 0.0) >= _MUTE * _NEARLY * self.timeout

    def record_search(self, seen: bool) -> None:
        """Note whether a search showed what was waited for."""
        self._unseen = 0 if seen else self._unseen + 1

    def search_timeout(self, most: float) -> float:
        """Return the seconds to wait for a search, at most `most`, where missing it fails nothing."""
        return most if self._unseen < _UNSEEN else most / 10

    def resume(self, run: RunBudget) -> None:
        """Begin a part of the run that has a time of its own."""
        self.time = run
        self._mute.clear()
        self.refusals_in_row = 0

    @property
    def probe_timeout(self) -> float:
        """Seconds in which a target that is still there answers a plain read, judged by what it took before."""
        return min(self.timeout, max(_PROBE, 2 * self._slowest))

    def retry_pause(self, headers: Headers, left: float) -> float | None:
        """Return the seconds to wait before an answer's call is sent again, None if that is not to be.

        `left` is what is left of the call, in seconds, too. Without Retry-After, or with one that leads beyond the end
        of the call or of the run, or where the last calls waited in vain, there is nothing to wait for.
        """
        wait = retry_after(headers)
        if wait is None or wait >= min(left, self.time.left()) or self.refusals_in_row >= _IN_VAIN:
            return None
        return max(wait, _SHORTEST)
