"""The pytest plugin: it finds the checks, runs them on the target, and owns outcome, verdict and exit code.

It acts on checks, which are tests marked by `osia_conformance.checks.requirement`, and leaves every other test alone;
one that asks for the run's fixtures gets them, and judges nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import pytest

from osia_conformance.run import check_fixtures, selection, shown_warnings
from osia_conformance.run.check_loop import CheckLoop
from osia_conformance.run.controller import RunController
from osia_conformance.run.draw_ahead import drawn_ahead
from osia_conformance.run.execution import Check, CheckResult
from osia_conformance.run.hooks import PROPERTY, Checks, judgement_of, last_line
from osia_conformance.run.pytest_options import (
    add_options,
    check_workers,
    collection_alone,
    from_options,
    is_selection,
    judges,
    only_lists,
)
from osia_conformance.run.run_request import RunRequest, is_handed_over
from osia_conformance.run.shown_warnings import warnings_shown
from osia_conformance.run.thread_loop import ThreadLoop
from osia_conformance.run.transport_hook import TransportHook, find_transport
from osia_conformance.support.secrets import ConfigurationError
from osia_conformance.support.signals import sigint_blocked, sigint_unblocked
from osia_conformance.target.session import Run, Session
from osia_conformance.verdict.exit_codes import EXIT_CODES, EXIT_FAULT, EXIT_INTERRUPTED
from osia_conformance.verdict.outcomes import CONFORMANT

_NAME = "osia-run"
_OF_PYTEST = {EXIT_FAULT: pytest.ExitCode.INTERNAL_ERROR, EXIT_INTERRUPTED: pytest.ExitCode.INTERRUPTED}
"""What plain pytest calls the endings for which it has codes of its own."""
_TO_THE_END = (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED)


def pytest_addhooks(pluginmanager: pytest.PytestPluginManager) -> None:
    """Add the hook that hands in a transport."""
    pluginmanager.add_hookspecs(TransportHook)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the run's options: those of `osia-conformance run`, under names that pytest leaves free."""
    group = parser.getgroup("osia", "OSIA conformance")
    add_options(group)
    selection.add_options(group)


def pytest_configure(config: pytest.Config) -> None:
    """Take part in the run: as its controller, or as a worker of one."""
    config.addinivalue_line("markers", "requirement(id): the requirement that this check judges")
    config.addinivalue_line("markers", "versions(specifier): the interface versions that this check is made for")
    config.addinivalue_line("markers", "long(rank): a check that sends many calls, so that workers begin with it")
    config.addinivalue_line("markers", "last: a check of what the others have seen, which comes after all of them")
    config.addinivalue_line("markers", "min_effort(least): the effort from which on this check is part of a run")
    config.addinivalue_line("markers", "opt_in(setting): the setting without which this check is no part of a run")
    config.pluginmanager.register(selection, "osia-selection")
    config.pluginmanager.register(shown_warnings, "osia-warnings")
    config.pluginmanager.register(check_fixtures, "osia-check-fixtures")
    config.pluginmanager.import_plugin("osia_conformance.checks.fixtures")
    worker = getattr(config, "workerinput", None)
    if worker is not None:
        config.pluginmanager.register(_Worker(worker) if "osia" in worker else _WorkerWithoutRun(), _NAME)
    else:
        main = _Main()
        config.pluginmanager.register(main, _NAME)
        config.pluginmanager.register(ThreadLoop(main), "osia-threads")
        config.pluginmanager.register(CheckLoop(main), "osia-checks")


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> None:
    """Refuse numbers of workers and of processes that contradict each other, before pytest-xdist starts any."""
    here = is_handed_over(config) or hasattr(config, "workerinput")
    if here or only_lists(config) or not judges(config):
        return
    try:
        check_workers(config)
    except ConfigurationError as error:
        raise pytest.UsageError(str(error)) from error


class _Main(Checks):
    """The process that controls the run, alone or over workers."""

    def __init__(self) -> None:
        self._controller: RunController | None = None
        self._deselected = False
        self._uncollected: list[str] = []
        self._stoppable: Any = None
        self._own_failed = False

    @property
    def controller(self) -> RunController:
        """The run's controller, once the run has started."""
        assert self._controller is not None
        return self._controller

    def prepare(self, config: pytest.Config) -> None:
        """Start the run; a usage error ends it before anything is sent."""
        if self._controller is not None:
            return
        if only_lists(config):
            self.run = _collected(config)
            return
        handed: RunRequest | None = config.pluginmanager.get_plugin(RunRequest.NAME)
        try:
            run_request = handed or from_options(config)
            self._controller = RunController(run_request)
            with warnings_shown():
                self.run = self._controller.start(selection=self._deselected or is_selection(config))
        except ConfigurationError as error:
            self._controller = None
            if handed is None:
                raise pytest.UsageError(str(error)) from error
            handed.refuse(str(error))
            # Whoever handed the run over tells its reader; pytest has nothing to add.
            raise pytest.UsageError from error
        for reason in self._uncollected:
            self._controller.fault(reason)

    def go_on(self) -> None:
        """Ask the controller whether the run goes on."""
        self.controller.go_on()

    def open_session(self) -> Session:
        """Return the controller's own session."""
        return self.controller.session()

    def drawing(self, items: Sequence[pytest.Item]) -> AbstractContextManager[object]:
        """Let another process draw ahead in a run that is judged in this one; it is forked before threads start."""
        alone = self._controller is not None and self.run is not None and self.run.processes == 1
        return drawn_ahead(self.open_session(), items) if alone else nullcontext()

    @pytest.hookimpl(wrapper=True)
    def pytest_sessionstart(self, session: pytest.Session) -> Iterator[None]:
        """With workers this process collects nothing itself, so the run starts here, before theirs does."""
        # What stops is the loop that hands out checks: pytest's own, or pytest-xdist's.
        self._stoppable = session.config.pluginmanager.get_plugin("dsession") or session
        try:
            if session.config.pluginmanager.has_plugin("dsession") and judges(session.config):
                self.prepare(session.config)
                with sigint_blocked():
                    yield
            else:
                yield
        except KeyboardInterrupt:
            # So early, before the workers have started, pytest would not come to the end of the session.
            self._interrupted()
            self.pytest_sessionfinish(session)
            raise
        except pytest.UsageError:
            raise
        except Exception as error:
            self._crashed(error)
            self.pytest_sessionfinish(session)
            raise

    def planned(self, checks: list[Check], here: int) -> None:
        """Put the plan into the journal."""
        if self._controller is None:
            return
        self.controller.plan([check.as_record() for check in checks], here)

    def pytest_deselected(self) -> None:
        """Remember that not everything is judged."""
        self._deselected = True

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Hand the run over to an xdist worker; tests of another kind go without one."""
        if self.run is not None:
            node.workerinput["osia"] = json.dumps(self.run.dump())

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: list[str]) -> None:
        """Hear from a worker how much there is to do."""
        if self._controller is not None:
            self._controller.run_request.progress.planned(len(ids))

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any, error: object) -> None:
        """Take note of a lost worker; its checks stay untested."""
        if error and self._controller is not None:
            self._controller.trouble(f"worker {node.gateway.id} was lost")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Follow the run: each judgement, and each fault of the suite."""
        told = next((value for name, value in report.user_properties if name == PROPERTY), None)
        if told is not None:
            self._hear(json.loads(str(told)))
        elif report.failed and report.when in ("setup", "call", "teardown") and self._controller is not None:
            # pytest-xdist reports the check of a lost worker under another name; that one is untested.
            if getattr(report, "of_check", False):
                self._controller.fault(f"{report.nodeid}: {last_line(report)}")
            self._own_failed = True

    def follow(self, check: Check, result: CheckResult) -> None:
        """Follow a judgement that pytest is not told of."""
        self._hear(judgement_of(check, result))

    def _hear(self, told: dict[str, Any]) -> None:
        self.controller.judged(told)
        reason = self.controller.reason_to_stop()
        if reason is not None and self._stoppable is not None:
            self._stoppable.shouldstop = reason

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A suite that cannot be collected is a fault of ours."""
        if report.failed:
            self._uncollected.append(f"{report.nodeid or 'a suite'} could not be collected: {last_line(report)}")
            if self._controller is not None:
                self._controller.fault(self._uncollected[-1])

    def pytest_internalerror(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """A crash of the suite, at whatever stage, never looks like a verdict."""
        self._crashed(excinfo.value)

    def _crashed(self, error: BaseException) -> None:
        if self._controller is not None:
            self._controller.crashed(error)

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """Remember that the run was interrupted; the report is written all the same."""
        # pytest's own Interrupted says that it stops by itself; pytest-xdist's may, after a fault or --fail-fast.
        ours = self._controller is not None and (self._controller.failed or self._controller.has_enough)
        stopped = type(excinfo.value) is not KeyboardInterrupt and ours
        if not stopped and not isinstance(excinfo.value, pytest.Session.Interrupted):
            self._interrupted()

    def _interrupted(self) -> None:
        if self._controller is not None:
            self._controller.interrupted()

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Clean up, write the reports and decide the exit code."""
        if self._controller is None or self._controller.run is None:
            return
        handed = is_handed_over(session.config)
        reporter = session.config.pluginmanager.get_plugin("terminalreporter")
        if not handed and reporter is not None and reporter.verbosity < 0:
            # With -q pytest has not ended its line of dots yet.
            reporter.write_line("")
        with warnings_shown():
            code = self._controller.finish()
        # The verdict is not about tests that judge no requirement; whoever runs both waits for both.
        if code == EXIT_CODES[CONFORMANT] and self._own_failed:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
            return
        session.exitstatus = code if handed else _OF_PYTEST.get(code, code)


def _collected(config: pytest.Config) -> Run:
    try:
        return collection_alone(config)
    except ConfigurationError as error:
        raise pytest.UsageError(str(error)) from error


class _WorkerWithoutRun(Checks):
    """A worker that was told of no run: it judges nothing, and never controls a run of its own."""

    def prepare(self, config: pytest.Config) -> None:
        """Refuse to judge."""
        raise pytest.UsageError("checks outside of a directory `suites` are judged without workers; leave -n out.")


class _Worker(Checks):
    """A process that judges its share of the checks."""

    def __init__(self, workerinput: dict[str, Any]) -> None:
        self.run = Run.restore(json.loads(workerinput["osia"]))
        self.worker = str(workerinput["workerid"])

    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """From here on pytest knows what Ctrl-C means."""
        sigint_unblocked()
        self.transport = find_transport(session.config)

    def planned(self, checks: list[Check], here: int) -> None:
        """Put the plan into the journal: every worker plans the same, and each may be lost."""
        self.open_session().journal.write("plan", checks=[check.as_record() for check in checks])

    def pytest_sessionfinish(self, exitstatus: int) -> None:
        """Delete what this worker's checks shared, unless the run is cut off, and close its session."""
        if self.session is not None:
            if exitstatus in _TO_THE_END:
                self.session.shared.release()
            self.session.close()
