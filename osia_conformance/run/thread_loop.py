"""pytest's loop over the tests of a run that has several workers in one process from its start."""

from __future__ import annotations

import pytest

from osia_conformance.run.check_call import call_of
from osia_conformance.run.hooks import CHECK
from osia_conformance.run.other_hooks import must_run_by_pytest
from osia_conformance.run.pytest_options import writes_allure
from osia_conformance.run.side_by_side import ControlsRun, judge_side_by_side


class ThreadLoop:
    """The plugin that takes over pytest's loop in such a run."""

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
        workers = min(run.workers, len(calls))
        judge_side_by_side(session, self._main, session.items, calls, threads=workers, at_once=workers)
        return True
