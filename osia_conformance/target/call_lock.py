"""Which calls of a run may be under way at once, over all its processes."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FILE = "calls.lock"


class CallLock:
    """A lock on the file `calls.lock` of a report directory: many calls share it, one that is sent alone does not.

    The file also says when nothing answered last, in seconds since the epoch.
    """

    def __init__(self, directory: Path) -> None:
        self._path = directory / FILE

    @contextmanager
    def shared(self) -> Iterator[None]:
        """Hold it beside others."""
        with self._held(fcntl.LOCK_SH):
            yield

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Hold it once no other call is under way, and keep others from being sent."""
        with self._held(fcntl.LOCK_EX):
            yield

    def record_outage(self) -> None:
        """Note that nothing answers now; for whoever holds the lock alone."""
        self._path.write_text(repr(time.time()), "ascii")

    def outage_since(self, moment: float) -> bool:
        """Return whether nothing answered at some time after a moment, in seconds since the epoch."""
        text = self._path.read_text("ascii")
        return bool(text) and float(text) >= moment

    @contextmanager
    def _held(self, how: int) -> Iterator[None]:
        # Each holder opens the file anew: the lock belongs to what was opened, and so holds between threads as well.
        file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(file, how)
            yield
        finally:
            os.close(file)


def remove_lock(directory: Path) -> None:
    """Remove the lock's file at the end of a run."""
    (directory / FILE).unlink(missing_ok=True)
