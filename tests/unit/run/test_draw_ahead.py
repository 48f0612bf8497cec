"""Another process may draw what generated checks ask for: it brings the same, and the rest is drawn here."""

from __future__ import annotations

import errno
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partialmethod

import pytest
from hypothesis import strategies as st

from osia_conformance.checks.generation import corpus as corpora
from osia_conformance.checks.generation.corpus import Corpus
from osia_conformance.run import draw_ahead as drawing_ahead
from osia_conformance.run.draw_ahead import BackgroundDrawer
from osia_conformance.support.forks import Fork
from osia_conformance.support.seeded_draws import generating
from tests.harness.judging import judge

# Python 3.12 and later warn of a fork beside other threads, which pytest-xdist's workers have.
pytestmark = pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")
HERE = os.getpid()


def numbers(label: str, *, seed: int = 1) -> Corpus:
    return Corpus({"number": st.integers()}, generating(5), label, seed, "test_ahead")


def only_here() -> int:
    if os.getpid() != HERE:
        os.kill(os.getpid(), signal.SIGKILL)
    return 1


def failing_elsewhere() -> int:
    if os.getpid() != HERE:
        raise LookupError
    return 1


@contextmanager
def ahead(*of_checks: Corpus) -> Iterator[BackgroundDrawer]:
    drawing = BackgroundDrawer([lambda one=one: [one] for one in of_checks])
    try:
        yield drawing
    finally:
        drawing.close()


@pytest.fixture(autouse=True)
def _nothing_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(corpora, "_KEPT", {})


def test_the_other_process_draws_what_this_one_would(monkeypatch):
    one, other = numbers("one"), numbers("other", seed=2)
    with ahead(one, other) as drawing:
        drawing.fill(other)
        drawing.fill(one)
        with monkeypatch.context() as patched:
            patched.setattr(Corpus, "_run", None)
            brought = [one.examples(), other.examples()]
    corpora._KEPT.clear()
    assert brought == [one.examples(), other.examples()]
    assert brought[0] != brought[1]


@pytest.mark.parametrize("value", [only_here, failing_elsewhere])
def test_what_does_not_come_is_drawn_here(value):
    late = Corpus({"number": st.builds(value)}, generating(5), "late", 1, "test_ahead")
    with ahead(late) as drawing:
        drawing.fill(late)
        assert late.examples() == [{"number": 1}]


def test_what_nobody_asked_for_is_drawn_here():
    with ahead(numbers("one")) as drawing:
        drawing.fill(numbers("two"))
        assert len(numbers("two").examples()) == 5


def hanging_elsewhere() -> int:
    if os.getpid() != HERE:
        threading.Event().wait()
    return 1


def test_what_the_other_process_hangs_at_is_drawn_here(monkeypatch):
    monkeypatch.setattr(Fork, "receive", partialmethod(Fork.receive, seconds=0.01))
    late = Corpus({"number": st.builds(hanging_elsewhere)}, generating(5), "late", 1, "test_ahead")
    with ahead(late) as drawing:
        drawing.fill(late)
        assert late.examples() == [{"number": 1}]


def test_where_a_fork_fails_a_run_draws_here(monkeypatch):
    def no_fork():
        raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")

    monkeypatch.setattr(os, "fork", no_fork)
    monkeypatch.setattr(drawing_ahead, "can_fork", lambda: True)
    assert len(judge(only=("ENR-GENERATED",)).outcomes("passed")) > 20


def test_its_process_ends_with_it():
    with ahead(numbers("one")) as drawing:
        process = drawing._fork._process
        assert process.pid is not None
    with pytest.raises(ValueError, match="closed"):
        process.is_alive()


def test_a_run_judges_what_was_drawn_ahead(monkeypatch):
    judge(only=("ENR-GENERATED",))
    drawn_here = dict(corpora._KEPT)
    corpora._KEPT.clear()
    run = Corpus._run

    def elsewhere(*arguments):
        assert os.getpid() != HERE
        run(*arguments)

    monkeypatch.setattr(Corpus, "_run", elsewhere)
    monkeypatch.setattr(drawing_ahead, "can_fork", lambda: True)
    judged = judge(only=("ENR-GENERATED",))
    assert len(judged.outcomes("passed")) > 20
    assert drawn_here == corpora._KEPT
