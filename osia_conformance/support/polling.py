"""The one place that lets time pass."""

from __future__ import annotations

import time
from collections.abc import Callable


def eventually(probe: Callable[[], bool], within: float, *, pause: float = 0.1) -> float | None:
    """Poll until `probe` holds; return the seconds it took, 0 if it held at once, or None after `within` seconds."""
    start = time.monotonic()
    if probe():
        return 0.0
    while (passed := time.monotonic() - start) < within:
        wait(min(pause, within - passed))
        if probe():
            return time.monotonic() - start
    return None


def wait(seconds: float) -> None:
    """Let `seconds` pass; the only place of the suite that does."""
    time.sleep(seconds)
