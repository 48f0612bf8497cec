"""The pytest plugin: it finds the checks, runs them against the target, and owns outcome, verdict and exit code.

It acts on checks, which are tests with a `requirement` mark, and leaves every other test alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from osia_conformance.checks import MARK
from osia_conformance.conductor import Conductor
from osia_conformance.config import load
from osia_conformance.enrollments import Enrollments
from osia_conformance.handover import Handover, StartError, options_of, prepared
from osia_conformance.judge import Check, Judgement, judge
from osia_conformance.operations import by_code
from osia_conformance.paths import bundled
from osia_conformance.progress import Terminal
from osia_conformance.references import ConfigurationError
from osia_conformance.register import load_register, whole_register
from osia_conformance.session import Run, Session
from osia_conformance.specification import Specification
from osia_conformance.versions import UnknownVersion

CHECK = pytest.StashKey[Check]()
JUDGEMENT = pytest.StashKey[Judgement]()
PROPERTY = "osia"
_NAME = "osia-run"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the run's options; they are those of `osia-conformance run`, under names that pytest leaves free."""
    group = parser.getgroup("osia", "OSIA conformance")
    for name in ("config", "url", "interface-version", "report-dir", "seed", "workers", "effort"):
        group.addoption(f"--osia-{name}", metavar=name.upper(), help=f"as `osia-conformance run --{name}`")


def pytest_configure(config: pytest.Config) -> None:
    """Take part in the run: as its conductor, or as a worker of one."""
    config.addinivalue_line("markers", "requirement(id): the requirement that this check judges")
    worker = getattr(config, "workerinput", None)
    if worker is not None:
        config.pluginmanager.register(_Worker(worker), _NAME)
    else:
        config.pluginmanager.register(_Main(), _NAME)


class _Checks:
    """What main process and workers have in common: planning and judging."""

    run: Run | None = None
    session: Session | None = None
    worker = "main"

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        checks = [item for item in items if item.get_closest_marker(MARK)]
        if not checks:
            return
        self.prepare(config)
        assert self.run is not None
        register = load_register(self.run.version)
        for item in checks:
            name = _requirement_of(item)
            if name in register.requirements:
                item.stash[CHECK] = _planned(item, register.requirements[name].operations)
            elif name in whole_register().requirements:
                items.remove(item)
            else:
                raise pytest.UsageError(f"{item.nodeid}: {name} is not in the register")
        self.planned([item.stash[CHECK] for item in checks if CHECK in item.stash])
        if self.run.lost is not None:
            # Nothing can be judged: what is planned stays untested, and the report says why.
            items.clear()

    def prepare(self, config: pytest.Config) -> None:
        """Have `run` ready before the first check is planned."""

    def planned(self, checks: list[Check]) -> None:
        """Take note of what will be judged."""

    def open_session(self) -> Session:
        """Return this process's session, opened at its first use."""
        if self.session is None:
            assert self.run is not None
            self.session = Session(self.run, self.worker)
        return self.session

    @pytest.hookimpl(tryfirst=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> object | None:
        check = pyfuncitem.stash.get(CHECK, None)
        if check is None:
            return None
        arguments = {name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}
        judgement = judge(self.open_session(), check, lambda: pyfuncitem.obj(**arguments))
        pyfuncitem.stash[JUDGEMENT] = judgement
        if judgement.fault is not None:
            raise judgement.fault
        if judgement.outcome == "failed":
            pytest.fail(judgement.reason or "", pytrace=False)
        if judgement.outcome != "passed":
            pytest.skip(f"{judgement.outcome}: {judgement.reason}")
        return True

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item) -> Iterator[Any]:
        report = yield
        check, judgement = item.stash.get(CHECK, None), item.stash.get(JUDGEMENT, None)
        if check is not None and report.when == "call" and judgement is not None:
            told = {**check.as_record(), "outcome": judgement.outcome, "reason": judgement.reason}
            told["fault"] = judgement.fault is not None
            report.user_properties.append((PROPERTY, json.dumps(told)))
        return report

    @pytest.fixture
    def enrollments(self, request: pytest.FixtureRequest) -> Enrollments:
        """Enrollments of this check's own, deleted when it ends."""
        check = request.node.stash[CHECK]
        session = self.open_session()
        session.start(check.id, check.operation)
        return session.enrollments()

    @pytest.fixture
    def specification(self) -> Specification:
        """The OpenAPI facts of the interface version that is judged."""
        return self.open_session().specification


class _Main(_Checks):
    """The process that conducts the run, alone or over workers."""

    def __init__(self) -> None:
        self._conductor: Conductor | None = None

    @property
    def conductor(self) -> Conductor:
        """The run's conductor, once the run has started."""
        assert self._conductor is not None
        return self._conductor

    def prepare(self, config: pytest.Config) -> None:
        """Start the run; a usage error ends it before anything is sent."""
        if self._conductor is not None:
            return
        handed: Handover | None = config.pluginmanager.get_plugin(Handover.NAME)
        try:
            handover = handed or _from_options(config)
            self._conductor = Conductor(handover)
            self.run = self._conductor.start(selection=_is_selection(config))
        except (ConfigurationError, StartError, UnknownVersion) as error:
            if handed is not None:
                handed.refuse(str(error))
            raise pytest.UsageError(str(error)) from error

    def open_session(self) -> Session:
        """Return the conductor's own session."""
        return self.conductor.session()

    @pytest.hookimpl(trylast=True)
    def pytest_sessionstart(self, session: pytest.Session) -> None:
        # With workers, this process collects nothing itself, so the run starts here.
        if session.config.pluginmanager.has_plugin("dsession") and _judges(session.config):
            self.prepare(session.config)

    def planned(self, checks: list[Check]) -> None:
        """Put the plan into the journal."""
        self.conductor.plan([check.as_record() for check in checks])

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Hand the run over to an xdist worker."""
        assert self.run is not None
        node.workerinput["osia"] = json.dumps(self.run.handed_over())

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any, error: object) -> None:
        """Take note of a lost worker; its checks stay untested."""
        if error:
            self.conductor.trouble(f"worker {node.gateway.id} was lost")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Follow the run: each judgement, and each fault of the suite."""
        told = next((value for name, value in report.user_properties if name == PROPERTY), None)
        if told is not None:
            self.conductor.judged(json.loads(str(told)))
        elif report.failed and self._conductor is not None:
            self._conductor.fault(f"{report.nodeid}: {str(report.longrepr).splitlines()[-1]}")

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A suite that cannot be collected is a fault of ours."""
        if report.failed and self._conductor is not None:
            self._conductor.fault(f"{report.nodeid} could not be collected")

    def pytest_keyboard_interrupt(self) -> None:
        """Remember that the run was interrupted; the report is written all the same."""
        if self._conductor is not None:
            self._conductor.interrupted()

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Clean up, write the reports and decide the exit code."""
        if self._conductor is not None:
            session.exitstatus = self._conductor.finish()


class _Worker(_Checks):
    """A process that judges its share of the checks."""

    def __init__(self, workerinput: dict[str, Any]) -> None:
        self.run = Run(**json.loads(workerinput["osia"]))
        self.worker = str(workerinput["workerid"])
        self._first = self.worker == "gw0"

    def planned(self, checks: list[Check]) -> None:
        """Put the plan into the journal; every worker plans the same, so one of them tells."""
        if self._first:
            self.open_session().journal.write("plan", checks=[check.as_record() for check in checks])

    def pytest_sessionfinish(self) -> None:
        """Close this worker's session."""
        if self.session is not None:
            self.session.close()


def _from_options(config: pytest.Config) -> Handover:
    """Return the run as pytest's own options, the environment and conformance.toml describe it."""
    option = vars(config.option)
    file = option["osia_config"]
    settings = load(options_of(option), file=Path(file) if file else None)
    return prepared(settings, progress=Terminal(Console()))


def _requirement_of(item: pytest.Item) -> str:
    marker = item.get_closest_marker(MARK)
    assert marker is not None
    parameters = getattr(item, "callspec", None)
    name: str = marker.args[0]
    return name.format(**parameters.params) if parameters else name


def _planned(item: pytest.Item, operations: tuple[str, ...]) -> Check:
    parameters = getattr(item, "callspec", None)
    code = parameters.params.get("operation") if parameters else None
    operation = by_code()[code].id if code in by_code() else operations[0]
    subject = Path(item.path).stem.removeprefix("test_")
    return Check(f"{subject}/{item.name.removeprefix('test_')}", _requirement_of(item), operation)


def _judges(config: pytest.Config) -> bool:
    """Return whether the arguments name suites, and not only tests of another kind."""
    suites = bundled("suites").resolve()
    named = (
        Path(config.invocation_params.dir, argument.partition("::")[0]).resolve() for argument in config.args
    )
    return any(path == suites or suites in path.parents or path in suites.parents for path in named)


def _is_selection(config: pytest.Config) -> bool:
    """Return whether only a part of the checks was asked for."""
    option = config.option
    narrowed = bool(option.keyword or option.markexpr or getattr(option, "deselect", None))
    return narrowed or any("::" in argument or argument.endswith(".py") for argument in config.args)
