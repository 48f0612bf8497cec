"""pytest's loop over the tests of a run that judges one check after the other, without pytest's set-up of each.

That set-up takes a seventh of the processor time of such a run, and what it makes is made by `CheckCall` in threads
anyway.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from itertools import zip_longest

import pytest

from osia_conformance.run import shown_warnings
from osia_conformance.run.check_call import CheckCall, call_of
from osia_conformance.run.check_threads import JudgedItem
from osia_conformance.run.execution import CheckResult, judge
from osia_conformance.run.hooks import CHECK
from osia_conformance.run.other_hooks import has_hooks_besides, must_run_by_pytest
from osia_conformance.run.pytest_options import writes_allure
from osia_conformance.run.pytest_reports import Report, report_judged, report_of, stop_if_told
from osia_conformance.run.run_request import RunRequest, is_handed_over
from osia_conformance.run.side_by_side import ControlsRun, judge_side_by_side
from osia_conformance.run.worker_count import workers_after_waits


class CheckLoop:
    """The plugin that takes over pytest's loop in a run of `osia-conformance` that begins with one worker."""

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
            for place, (item, following) in enumerate(zip_longest(session.items, session.items[1:]), start=1):
                self._run(item, following, calls)
                stop_if_told(session)
                if self._is_left_to_threads(session, place, calls):
                    break
        return True

    def _is_meant_for(self, session: pytest.Session) -> bool:
        """Return whether this is a run of one worker whose reports nobody sees: those of `pytest suites` are read."""
        run, config = self._main.run, session.config
        if run is None or run.workers > 1 or run.processes > 1 or session.testsfailed:
            return False
        return is_handed_over(config) and not config.option.collectonly and not writes_allure(config)

    def _is_left_to_threads(self, session: pytest.Session, place: int, calls: Mapping[pytest.Item, CheckCall]) -> bool:
        """Judge the tests from `place` on in threads if checks wait for the target: others are judged meanwhile."""
        workers = self._workers_from_now_on(session.config)
        if workers == 1:
            return False
        rest = session.items[place:]
        threads = min(workers, sum(item in calls for item in rest))
        if threads > 1:
            judge_side_by_side(session, self._main, rest, calls, threads=threads, at_once=1)
        return threads > 1

    def _workers_from_now_on(self, config: pytest.Config) -> int:
        request, run = config.pluginmanager.get_plugin(RunRequest.NAME), self._main.run
        assert isinstance(request, RunRequest)
        assert run is not None
        return workers_after_waits(request, run, self._main.open_session().visibility.waited)

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
