"""Draws depend on the seed alone while any thread draws, and Hypothesis is as it was afterwards."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import hypothesis
from hypothesis import strategies as st
from hypothesis.internal.conjecture import providers

from osia_conformance.support.seeded_draws import generating, steady_draws


def drawn(seed: int, barrier: Barrier | None = None) -> list[str]:
    found: list[str] = []

    @hypothesis.seed(seed)
    @generating(60)
    @hypothesis.given(st.text() | st.integers().map(str))
    def example(value: str) -> None:
        found.append(value)

    if barrier is not None:
        barrier.wait()
    with steady_draws():
        example()
    return found


def test_threads_that_draw_at_once_draw_what_each_draws_alone() -> None:
    seeds, barrier = range(4), Barrier(4)
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda seed: drawn(seed, barrier), seeds))
    assert together == [drawn(seed) for seed in seeds]


def test_hypothesis_is_as_it_was_once_nobody_draws_any_more() -> None:
    before = providers._get_local_constants
    with steady_draws():
        with steady_draws():
            pass
        assert providers._get_local_constants is not before
    assert providers._get_local_constants is before
