"""Whether the target goes on with finalized enrollments by itself (RUL-AFTER-FINALIZED), as a run has seen it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from threading import Lock

from osia_conformance.support.polling import Block


class FinalizedProcessing:
    """What one process of a run knows of it, whichever thread saw it: checks of one run are judged by one answer."""

    def __init__(self) -> None:
        self._is_seen: bool | None = None
        self._lock = Lock()

    def is_seen(self, look: Callable[[], bool], waiting: Block = nullcontext) -> bool:
        """Return what the first `look` that came to its end returned. Others wait for it, within the block that
        `waiting` opens. Raises what `look` raises.
        """
        while not self._lock.acquire(blocking=False):
            # Whoever looks may need the place that the block gives up, so nothing is held when it ends.
            with waiting(), self._lock:
                pass
        try:
            if self._is_seen is None:
                self._is_seen = look()
            return self._is_seen
        finally:
            self._lock.release()
