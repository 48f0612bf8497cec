"""Draws that depend on the seed alone: Hypothesis without the constants it collects from the loaded code.

Now and then Hypothesis draws a number or text that stands in the source of a local module. Which modules are
loaded, and so what a seed draws, would depend on the selection of checks, their order and the worker.
"""

from __future__ import annotations

from collections.abc import Iterator
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


@contextmanager
def steady_draws() -> Iterator[None]:
    """Let the examples that are drawn within the block depend on nothing but their seed.

    Hypothesis has no setting for this; its own list of notorious constants stays in use.
    """
    before = providers._get_local_constants
    providers._get_local_constants = Constants
    providers.CONSTANTS_CACHE.cache.clear()
    try:
        yield
    finally:
        providers._get_local_constants = before
        providers.CONSTANTS_CACHE.cache.clear()
