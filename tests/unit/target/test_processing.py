"""Threads of one run judge by one answer to whether finalized enrollments are processed."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from osia_conformance.checks.enrollment import processes_finalized
from osia_conformance.target.check_slots import CheckSlots
from osia_conformance.target.enrollment.enrollments import Enrollments
from osia_conformance.target.outcome_errors import CannotTell
from osia_conformance.target.processing import FinalizedProcessing
from osia_reference.app import create_app
from tests.harness import lab
from tests.harness.judging import reference


def test_threads_that_ask_at_once_get_the_answer_of_one_look():
    processing, asking = FinalizedProcessing(), threading.Barrier(3)
    answers = iter([True, False, False])

    def asked() -> bool:
        asking.wait()
        return processing.is_seen(lambda: next(answers))

    with ThreadPoolExecutor(3) as pool:
        found = [pool.submit(asked) for _ in range(3)]
    assert [one.result() for one in found] == [True] * 3
    assert list(answers) == [False, False]


def test_one_that_waits_for_the_look_of_another_gives_up_its_place():
    processing, slots, found = FinalizedProcessing(), CheckSlots(1), []
    looks, has_asked = threading.Event(), threading.Event()

    def look() -> bool:
        with slots.given_up():
            looks.set()
            has_asked.wait()
        return True

    def ask() -> None:
        slots.take()
        if looks.is_set():
            has_asked.set()
        found.append(processing.is_seen(look, slots.given_up))
        slots.give_back()

    with ThreadPoolExecutor(2) as pool:
        pool.submit(ask)
        looks.wait()
        pool.submit(ask)
    assert found == [True, True]


def test_a_look_that_could_not_tell_is_no_answer():
    processing = FinalizedProcessing()

    def look() -> bool:
        raise CannotTell("nothing was created")

    with pytest.raises(CannotTell):
        processing.is_seen(look)
    assert processing.is_seen(lambda: True)
    assert processing.is_seen(look)


def test_a_session_beside_another_goes_by_what_that_one_saw(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    app, looks = create_app(reference()), []

    def sees(enrollments: Enrollments) -> bool:
        looks.append(enrollments.session.worker)
        return len(looks) == 1

    monkeypatch.setattr("osia_conformance.checks.enrollment.post_finalize._archives_at_once", sees)
    monkeypatch.setattr("osia_conformance.checks.enrollment.post_finalize._goes_on", lambda _: False)
    with lab.session(tmp_path, app) as session:
        sessions = [session.beside(name, CheckSlots(2)) for name in ("t1", "t2")]
        assert [processes_finalized(one.enrollments()) for one in sessions] == [True, True]
    app.close()
    assert looks == ["t1"]
