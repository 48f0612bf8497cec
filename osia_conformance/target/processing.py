"""Whether the target goes on with finalized enrollments by itself (RUL-AFTER-FINALIZED), as a run has seen it."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock


class FinalizedProcessing:
    """What one process of a run knows of it, whichever thread saw it: checks of one run are judged by one answer."""

    def __init__(self) -> None:
        self._is_seen: bool | None = None
        self._lock = Lock()

    def is_seen(self, look: Callable[[], bool]) -> bool:
        """Return what the first `look` that came to its end returned; others wait for it. Raises what `look` raises."""
        with self._lock:
            if self._is_seen is None:
                self._is_seen = look()
            return self._is_seen
