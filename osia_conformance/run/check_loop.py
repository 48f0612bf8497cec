"""pytest's loop over the tests of a run that judges one check after the other, without pytest's set-up of each.

That set-up takes a seventh of the processor time of such a run, and what it makes is made by `CheckCall` in threads
anyway.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from itertools import zip_longest
from typing import Protocol

import pytest

from osia_conformance.run import shown_warnings
from osia_conformance.run.check_call import CheckCall, call_of
from osia_conformance.run.check_threads import JudgedItem
from osia_conformance.run.execution import Check, CheckResult, judge
from osia_conformance.run.hooks import CHECK
from osia_conformance.run.other_hooks import has_hooks_besides, must_run_by_pytest
from osia_conformance.run.pytest_options import writes_allure
from osia_conformance.run.pytest_reports import Report, report_judged, report_of, stop_if_told
from osia_conformance.run.run_request import is_handed_over
from osia_conformance.target.session import Run, Session


class ControlsRun(Protocol):
    """The process that controls a run."""

    run: Run | None

    def open_session(self) -> Session:
        """Return its session."""

    def go_on(self) -> None:
        """Raise KeyboardInterrupt before a check if the run is to end."""

    def follow(self, check: Check, result: CheckResult) -> None:
        """Follow a judgement that pytest is not told of."""


class CheckLoop:
    """The plugin that takes over pytest's loop in a run of `osia-conformance` with one worker."""

    def __init__(self, main: ControlsRun) -> None:
        self._main = main
        self._report: Report = report_judged

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool | None:
        """Judge the checks; None leaves all of them to pytest."""
        if not self._is_meant_for(session):
            return None
        calls = {item: call for item in session.items if CHECK in item.stash and (call := call_of(item)) is not None}
        if must_run_by_pytest(session.config, calls) or has_hooks_besides((self._main, shown_warnings), calls):
            return None
        self._report = report_of(session.config, self._main.follow)
        with shown_warnings.warnings_shown():
            for item, following in zip_longest(session.items, session.items[1:]):
                self._run(item, following, calls)
                stop_if_told(session)
        return True

    def _is_meant_for(self, session: pytest.Session) -> bool:
        """Return whether this is a run of one worker whose reports nobody sees: those of `pytest suites` are read."""
        run, config = self._main.run, session.config
        if run is None or run.workers > 1 or run.processes > 1 or session.testsfailed:
            return False
        return is_handed_over(config) and not config.option.collectonly and not writes_allure(config)

    def _run(self, item: pytest.Item, following: pytest.Item | None, calls: Mapping[pytest.Item, CheckCall]) -> None:
        call = calls.get(item)
        if call is not None:
            self._main.go_on()
            self._report(self._judged(item, call))
            return
        # What pytest sets up for this test is kept for the next one alone, if that is run by pytest, too.
        kept_for = None if following in calls else following
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=kept_for)

    def _judged(self, item: pytest.Item, call: CheckCall) -> JudgedItem:
        check, session = item.stash[CHECK], self._main.open_session()
        began, since = time.time(), time.monotonic()
        result: CheckResult | None = None
        error: BaseException | None = None
        try:
            session.start_check(check.id, check.operation)
            result = judge(session, check, call.bound(session))
        except (KeyboardInterrupt, pytest.exit.Exception):
            raise
        except BaseException as met:
            # Whatever it is, an outcome of pytest's own, too: pytest is told of it.
            error = met
        return JudgedItem(item, result, error, began, time.monotonic() - since)
