"""Threads that judge: while one waits for the target, others judge what it would have judged next."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event
from types import SimpleNamespace
from typing import Any

import pytest

from osia_conformance.run import check_threads
from osia_conformance.run.check_threads import CheckThreads
from osia_conformance.run.hooks import CHECK
from osia_conformance.target.check_slots import CheckSlots

LONG = 30.0
"""Seconds that a thread waits at most for another one, so that a fault ends the test and does not hang it."""


def call(name: str) -> Any:
    item = SimpleNamespace(stash={CHECK: SimpleNamespace(id=name, operation="*")})
    return item, SimpleNamespace(bound=lambda _: name)


def session(name: str) -> Any:
    """Return what threads use of a session."""
    return SimpleNamespace(
        worker=name,
        beside=lambda worker, _: session(worker),
        start_check=lambda *_: None,
        shared=SimpleNamespace(release=lambda: None),
    )


def test_what_shares_with_a_waiting_check_is_judged_next(monkeypatch: pytest.MonkeyPatch) -> None:
    threads = CheckThreads(session("main"), CheckSlots(1), 2, [[call("a"), call("b")], [call("c"), call("d")]])
    judged: list[str] = []
    went_on = Event()

    def judge(_: object, __: object, name: Any, ___: Callable[..., bool]) -> None:
        if name == "a":
            with threads.waiting():
                assert went_on.wait(LONG)
        judged.append(name)
        went_on.set()

    monkeypatch.setattr(check_threads, "judge_if_final", judge)
    with threads.at_work() as found:
        errors = [one.error for one in found]
    assert errors == [None] * 4
    assert judged[0] == "b"
    assert sorted(judged) == ["a", "b", "c", "d"]
