"""Judging checks in threads: they judge, and this thread tells pytest of it.

pytest sets up one test at a time, so the threads call checks without it, and each judgement becomes pytest's reports
here, in the main thread, as it comes. Tests that need pytest itself are run by it, alone, after the others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import nullcontext, suppress
from itertools import zip_longest
from typing import Protocol

import pytest

from osia_conformance.run.check_call import CheckCall
from osia_conformance.run.check_queue import grouped, grouped_in_order
from osia_conformance.run.check_threads import CheckThreads
from osia_conformance.run.execution import Check, CheckResult
from osia_conformance.run.pytest_reports import report_of, stop_if_told
from osia_conformance.support.seeded_draws import steady_draws
from osia_conformance.target.check_slots import CheckSlots
from osia_conformance.target.session import Run, Session
from osia_conformance.verdict.journal import Unwritable


class ControlsRun(Protocol):
    """The process that controls a run."""

    run: Run | None

    def open_session(self) -> Session:
        """Return its session."""

    def go_on(self) -> None:
        """Raise KeyboardInterrupt before a check if the run is to end."""

    def follow(self, check: Check, result: CheckResult) -> None:
        """Follow a judgement that pytest is not told of."""


def judge_side_by_side(
    session: pytest.Session,
    main: ControlsRun,
    items: Sequence[pytest.Item],
    calls: Mapping[pytest.Item, CheckCall],
    *,
    threads: int,
    at_once: int,
) -> None:
    """Judge those of `items` that have a call in so many threads, `at_once` at a time and any number that wait for the
    target; then the other ones as pytest does.
    """
    chosen = [item for item in items if item in calls]
    in_groups = grouped(chosen) if at_once > 1 else grouped_in_order(chosen)
    groups = [[(item, calls[item]) for item in group] for group in in_groups]
    own = main.open_session()
    slots = CheckSlots(at_once, main.run.latency if main.run else None)
    check_threads = CheckThreads(own, slots, threads, groups)
    # Where many judge at once, a group stays with the thread that has made what it shares.
    own.visibility.waiting = check_threads.waiting if at_once == 1 else slots.given_up
    try:
        # Threads that begin and end to draw need not take turns at what the module changes for all of them.
        with steady_draws():
            judged = _judge(session, main, check_threads)
    finally:
        own.visibility.waiting = nullcontext
        # A journal that cannot be written has said so by a check.
        with suppress(Unwritable):
            own.journal.write("workers", workers=threads, fewest=slots.fewest)
    _run_alone(session, [item for item in items if item not in judged])


def _judge(session: pytest.Session, main: ControlsRun, threads: CheckThreads) -> set[pytest.Item]:
    """Report what the threads judge as it comes; return the tests that were judged to their end."""
    judged = set()
    report = report_of(session.config, main.follow)
    with threads.at_work() as found:
        for one in found:
            if one.result is None and one.error is None:
                continue
            judged.add(one.item)
            report(one)
            if session.shouldfail or session.shouldstop:
                threads.hand_out_no_more()
    stop_if_told(session)
    return judged


def _run_alone(session: pytest.Session, items: Sequence[pytest.Item]) -> None:
    """Run tests as pytest does, one after the other."""
    for item, following in zip_longest(items, items[1:]):
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        stop_if_told(session)
