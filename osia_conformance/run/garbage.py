"""Python's garbage collector, which would take an eighth of a run's processor time."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_THRESHOLD = 20_000
"""Objects in cycles that may pile up until it looks: a few MB. Python's own 700 suit programs that keep little."""


@contextmanager
def gc_threshold_raised() -> Iterator[None]:
    """Have the collector look seldom."""
    before = gc.get_threshold()
    gc.set_threshold(_THRESHOLD, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


@contextmanager
def loaded_objects_frozen() -> Iterator[None]:
    """Leave what is loaded out of every look of the collector.

    Hypothesis has it look at everything once in each thread that draws: 0.2 s each, held up by and holding up the
    others.
    """
    from osia_conformance.support.seeded_draws import register_random_numbers  # noqa: PLC0415 - slow, for runs alone

    register_random_numbers()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
