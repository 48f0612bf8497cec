"""pytest's loop over the tests where checks are judged in threads: they judge, and this thread tells pytest of it.

pytest sets up one test at a time, so the threads call checks without it, and each judgement becomes pytest's reports
here, in the main thread, as it comes. Tests that need pytest itself are run by it, alone, after the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from itertools import zip_longest

import pytest

from osia_conformance.run.check_call import call_of
from osia_conformance.run.check_loop import ControlsRun
from osia_conformance.run.check_queue import grouped
from osia_conformance.run.check_threads import CheckThreads
from osia_conformance.run.hooks import CHECK
from osia_conformance.run.other_hooks import must_run_by_pytest
from osia_conformance.run.pytest_options import writes_allure
from osia_conformance.run.pytest_reports import report_of, stop_if_told
from osia_conformance.support.seeded_draws import steady_draws
from osia_conformance.target.check_slots import CheckSlots
from osia_conformance.verdict.journal import Unwritable


class ThreadLoop:
    """The plugin that takes over pytest's loop in a run with several workers in one process."""

    def __init__(self, main: ControlsRun) -> None:
        self._main = main

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool | None:
        """Judge the checks side by side; None leaves all of them to pytest."""
        run = self._main.run
        if run is None or run.workers == 1 or run.processes > 1 or session.config.option.collectonly:
            return None
        if writes_allure(session.config):
            # It follows each test from its set-up on, which the threads do without.
            return None
        if session.testsfailed and not session.config.option.continue_on_collection_errors:
            return None
        calls = {item: call for item in session.items if CHECK in item.stash and (call := call_of(item)) is not None}
        if len(calls) < 2:  # noqa: PLR2004 - beside one there is none
            return None
        if must_run_by_pytest(session.config, calls):
            return None
        groups = [[(item, calls[item]) for item in group] for group in grouped(calls)]
        slots = CheckSlots(min(run.workers, len(calls)), run.latency)
        # Threads that begin and end to draw need not take turns at what the module changes for all of them.
        own = self._main.open_session()
        try:
            with steady_draws():
                judged = self._judge(session, CheckThreads(own, slots, groups))
        finally:
            # A journal that cannot be written has said so by a check.
            with suppress(Unwritable):
                own.journal.write("workers", workers=slots.most, fewest=slots.fewest)
        _run_alone(session, [item for item in session.items if item not in judged])
        return True

    def _judge(self, session: pytest.Session, threads: CheckThreads) -> set[pytest.Item]:
        """Report what the threads judge as it comes; return the tests that were judged to their end."""
        judged = set()
        report = report_of(session.config, self._main.follow)
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
