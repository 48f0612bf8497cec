"""The enrollments that calls under way may still write, in all the threads of a run."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager


class WritesUnderWay:
    """Counts the writes of each enrollment that were begun and have not ended. Safe for threads.

    As long as one is under way, an answer that the enrollment is not there proves nothing; nor does it after one that
    Ctrl-C cut off, which the target may still carry out.
    """

    def __init__(self) -> None:
        self._names: Counter[str] = Counter()
        self._cut: set[str] = set()
        self._changed = threading.Condition()

    @contextmanager
    def under_way(self, name: str) -> Iterator[None]:
        """Count a write of the enrollment with this id meanwhile."""
        with self._changed:
            self._names[name] += 1
        try:
            yield
        except KeyboardInterrupt:
            self._cut.add(name)
            raise
        finally:
            with self._changed:
                self._names[name] -= 1
                self._changed.notify_all()

    def __contains__(self, name: str) -> bool:
        return self._names[name] > 0 or name in self._cut

    def is_cut(self, name: str) -> bool:
        """Return whether a write of the enrollment was cut off, so that nobody learns when the target ends it."""
        return name in self._cut

    def wait_until_ended(self, name: str, within: float) -> bool:
        """Wait up to `within` seconds until no write of an enrollment is under way; return whether none is."""
        with self._changed:
            return self._changed.wait_for(lambda: self._names[name] <= 0, within)
