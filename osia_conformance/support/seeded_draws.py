"""Draws that depend on the seed alone: Hypothesis without the constants it collects from the loaded code.

Now and then Hypothesis draws a number or text that stands in the source of a local module. Which modules are
loaded, and so what a seed draws, would depend on the selection of checks, their order and the worker.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import hypothesis
from hypothesis.internal.conjecture import providers
from hypothesis.internal.constants_ast import Constants


def generating(times: int) -> hypothesis.settings:
    """Return how Hypothesis draws up to `times` examples and does nothing else: no database, deadline or shrinking."""
    return hypothesis.settings(
        max_examples=times,
        database=None,
        deadline=None,
        phases=(hypothesis.Phase.generate,),
        suppress_health_check=list(hypothesis.HealthCheck),
    )


class _LocalConstants:
    """Takes the constants of local modules from Hypothesis, for as long as any thread wants that."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._users = 0
        self._before: Callable[[], Constants] = providers._get_local_constants

    def take_away(self) -> None:
        """Let Hypothesis find none."""
        with self._lock:
            if not self._users:
                self._before = providers._get_local_constants
                providers._get_local_constants = Constants
            self._users += 1

    def give_back(self) -> None:
        """Let Hypothesis find them again once no other thread is drawing."""
        with self._lock:
            self._users -= 1
            if not self._users:
                providers._get_local_constants = self._before


_LOCAL_CONSTANTS = _LocalConstants()


@contextmanager
def steady_draws() -> Iterator[None]:
    """Let the examples that are drawn within the block depend on nothing but their seed.

    Hypothesis has no setting for this; its own list of notorious constants stays in use. Several threads may draw at
    once: the cache that is cleared here belongs to the thread.
    """
    _LOCAL_CONSTANTS.take_away()
    providers.CONSTANTS_CACHE.cache.clear()
    try:
        yield
    finally:
        _LOCAL_CONSTANTS.give_back()
        providers.CONSTANTS_CACHE.cache.clear()
