"""The garbage collector while checks are judged."""

from __future__ import annotations

import gc
import threading

import hypothesis
from hypothesis import strategies as st

from osia_conformance.run.garbage import loaded_objects_frozen
from osia_conformance.support.seeded_draws import generating


def drawn() -> list[str]:
    found: list[str] = []

    @hypothesis.seed(1)
    @generating(10)
    @hypothesis.given(st.text())
    def example(value: str) -> None:
        found.append(value)

    example()
    return found


def test_every_thread_draws_while_what_is_loaded_is_frozen() -> None:
    met: list[object] = []
    thread = threading.Thread(target=lambda: met.append(drawn()))
    with loaded_objects_frozen():
        assert gc.get_freeze_count() > 0
        here = drawn()
        thread.start()
        thread.join()
    assert met == [here]
    assert gc.get_freeze_count() == 0
