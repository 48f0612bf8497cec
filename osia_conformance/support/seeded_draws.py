"""Draws that depend on the seed alone: Hypothesis without the constants it collects from the loaded code.

Now and then Hypothesis draws a number or text that stands in the source of a local module. Which modules are
loaded, and so what a seed draws, would depend on the selection of checks, their order and the worker.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType
from typing import Any

import hypothesis
import hypothesis.strategies
from packaging import version

UNSTEADY = (
    "this release of Hypothesis draws constants of the loaded code, too: "
    "the same seed may send other requests in another run."
)
"""What a reader must know where `IS_STEADY` is not true."""


DRAWS_IN_THREADS = version.parse(hypothesis.__version__) >= version.Version("6.155.7")
"""Whether this release of Hypothesis draws from one strategy in several threads at once."""


def generating(times: int) -> hypothesis.settings:
    """Return how Hypothesis draws up to `times` examples and does nothing else: no database, deadline or shrinking."""
    return hypothesis.settings(
        max_examples=times,
        database=None,
        deadline=None,
        phases=(hypothesis.Phase.generate,),
        suppress_health_check=list(hypothesis.HealthCheck),
    )


def register_random_numbers() -> None:
    """Have Hypothesis take note of Python's random numbers, as it does when this thread draws for the first time.

    It looks then for what refers to them, and warns where it finds nothing, as after `gc.freeze()`.
    """

    @hypothesis.seed(0)
    @generating(1)
    @hypothesis.given(hypothesis.strategies.none())
    def draw(_: None) -> None:
        pass

    draw()


def _hook() -> tuple[ModuleType, Any] | None:
    """Return the module of Hypothesis that collects local constants, and what stands for none.

    None where this release keeps them elsewhere: the hook is private, and a run goes on without it.
    """
    try:
        providers = import_module("hypothesis.internal.conjecture.providers")
        constants = import_module("hypothesis.internal.constants_ast").Constants
    except (ImportError, AttributeError):
        return None
    known = hasattr(providers, "_get_local_constants") and hasattr(providers, "CONSTANTS_CACHE")
    return (providers, constants) if known else None


class _LocalConstants:
    """Takes the constants of local modules from Hypothesis, for as long as any thread wants that."""

    def __init__(self, providers: Any, nothing: Any) -> None:
        self._lock = threading.Lock()
        self._users = 0
        self._providers = providers
        self._nothing = nothing
        self._before = providers._get_local_constants

    def take_away(self) -> None:
        """Let Hypothesis find none."""
        with self._lock:
            if not self._users:
                self._before = self._providers._get_local_constants
                self._providers._get_local_constants = self._nothing
            self._users += 1
        self._providers.CONSTANTS_CACHE.cache.clear()

    def give_back(self) -> None:
        """Let Hypothesis find them again once no other thread is drawing."""
        with self._lock:
            self._users -= 1
            if not self._users:
                self._providers._get_local_constants = self._before
        self._providers.CONSTANTS_CACHE.cache.clear()


_FOUND = _hook()
_LOCAL_CONSTANTS = _LocalConstants(*_FOUND) if _FOUND else None
IS_STEADY = _LOCAL_CONSTANTS is not None
"""Whether draws depend on the seed alone with this release of Hypothesis."""


@contextmanager
def steady_draws() -> Iterator[None]:
    """Let the examples that are drawn within the block depend on nothing but their seed, where `IS_STEADY`.

    Hypothesis has no setting for this; its own list of notorious constants stays in use. Several threads may draw at
    once: the cache that is cleared here belongs to the thread.
    """
    if _LOCAL_CONSTANTS is None:
        yield
        return
    _LOCAL_CONSTANTS.take_away()
    try:
        yield
    finally:
        _LOCAL_CONSTANTS.give_back()
