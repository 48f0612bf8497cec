"""What every process of a run does as a pytest plugin: it plans the checks, and judges its share of them."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Generator, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any, NoReturn

import pytest

from osia_conformance.checks.offered import SESSION
from osia_conformance.config.shard import shard_of
from osia_conformance.run.check_call import fixtures_of
from osia_conformance.run.collection import (
    asked_for,
    is_check,
    is_of,
    last_ones_last,
    planned,
    requirement_of,
    side_by_side,
)
from osia_conformance.run.execution import Check, CheckResult, judge
from osia_conformance.run.garbage import gc_threshold_raised, loaded_objects_frozen
from osia_conformance.run.pytest_options import writes_allure
from osia_conformance.standard.register import load_register, whole_register
from osia_conformance.support.text import visible
from osia_conformance.target.outcome_errors import Unjudged
from osia_conformance.target.session import Run, Session
from osia_conformance.verdict.journal import Unwritable

if TYPE_CHECKING:
    import httpx

CHECK = pytest.StashKey[Check]()
JUDGEMENT = pytest.StashKey[CheckResult]()
PROPERTY = "osia"
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def tell_pytest(item: pytest.Item, result: CheckResult) -> None:
    """Raise what ends a test as its check was judged; nothing for one that passed."""
    item.stash[JUDGEMENT] = result
    if result.fault is not None:
        pytest.fail(visible(result.fault), pytrace=False)
    if result.outcome == "failed":
        pytest.fail(visible(result.reason or ""), pytrace=False)
    if result.outcome != "passed":
        pytest.skip(visible(f"{result.outcome}: {result.reason}"))


def judgement_of(check: Check, result: CheckResult) -> dict[str, Any]:
    """Return what the process that controls the run hears of a judgement: the check with outcome, reason and fault."""
    told = {"outcome": result.outcome, "reason": result.reason, "fault": result.fault is not None}
    return {**check.as_record(), **told}


def end_unwritable(item: pytest.Item, error: Unwritable) -> NoReturn:
    """End a test, and all after it: nothing more can be put on the record."""
    item.session.shouldfail = str(error)
    pytest.fail(str(error), pytrace=False)


class Checks:
    """What main process and workers have in common: planning and judging."""

    run: Run | None = None
    session: Session | None = None
    transport: httpx.BaseTransport | None = None
    worker = "main"

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Plan the checks: those of this run stay, in the order in which they are judged.

        Raises pytest.UsageError for a check that the register does not know.
        """
        checks = [item for item in items if is_check(item)]
        if not checks and not any(map(asks_the_target, items)):
            return
        unknown = {requirement_of(item) for item in checks} - whole_register().requirements.keys()
        if unknown:
            raise pytest.UsageError(f"not in the register: {', '.join(sorted(unknown))}")
        self.prepare(config)
        assert self.run is not None
        register = load_register(self.run.version)
        for item in checks:
            name = requirement_of(item)
            of_this_run = is_of(item, self.run.version) and asked_for(item, self.run.settings)
            if name in register.requirements and of_this_run:
                item.stash[CHECK] = planned(item, register.requirements[name].operations, self.run.version)
            else:
                items.remove(item)
        whole = [item.stash[CHECK] for item in checks if CHECK in item.stash]
        shard = shard_of(self.run.settings.shard)
        if shard is not None:
            # The plan is of the whole run: what another shard judges is untested here.
            items[:] = [
                item
                for item in items
                if CHECK not in item.stash or shard.has(item.stash[CHECK].requirement, item.stash[CHECK].id)
            ]
        if self.run.processes > 1:
            items[:] = side_by_side(items)
        items[:] = last_ones_last(items)
        self.planned(whole, sum(CHECK in item.stash for item in items))
        if self.run.lost is not None:
            # Nothing can be judged: what is planned stays untested, and the report says why.
            items[:] = [item for item in items if CHECK not in item.stash and not asks_the_target(item)]

    @pytest.hookimpl(wrapper=True)
    def pytest_runtestloop(self, session: pytest.Session) -> Generator[None, object, object]:
        """Judge the checks while the garbage collector rests, and another process draws if it can."""
        if self.run is None:
            return (yield)
        with gc_threshold_raised(), loaded_objects_frozen(), self.drawing(session.items):
            return (yield)

    def drawing(self, items: Sequence[pytest.Item]) -> AbstractContextManager[object]:
        """Return the time for which another process draws what the checks will ask for."""
        return nullcontext()

    def prepare(self, config: pytest.Config) -> None:
        """Have `run` ready before the first check is planned."""

    def planned(self, checks: list[Check], here: int) -> None:
        """Take note of what will be judged, and of how many checks that is in this shard."""

    def go_on(self) -> None:
        """Raise KeyboardInterrupt before a check if the run is to end."""

    def open_session(self) -> Session:
        """Return this process's session, opened at its first use."""
        if self.session is None:
            assert self.run is not None
            self.session = Session(self.run, self.worker, self.transport)
        return self.session

    @pytest.hookimpl(tryfirst=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> object | None:
        """Judge a check, and tell pytest what came of it."""
        check = pyfuncitem.stash.get(CHECK, None)
        if check is None:
            return None
        self.go_on()
        names = inspect.signature(pyfuncitem.obj).parameters
        arguments = {name: pyfuncitem.funcargs[name] for name in names if name in pyfuncitem.funcargs}
        try:
            result = judge(self.open_session(), check, lambda: pyfuncitem.obj(**arguments))
        except Unwritable as error:
            end_unwritable(pyfuncitem, error)
        self._describe(pyfuncitem.config, check, result)
        tell_pytest(pyfuncitem, result)
        return True

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self) -> Generator[None, None, None]:
        """Skip a test that judges no requirement where it cannot tell; a check's `judge` has dealt with that."""
        try:
            return (yield)
        except Unjudged as error:
            pytest.skip(visible(f"{error.outcome}: {error.reason}"))

    def _describe(self, config: pytest.Config, check: Check, result: CheckResult) -> None:
        """Tell allure-pytest, where it writes, what the check was."""
        if self.run is None or not writes_allure(config):
            return
        from osia_conformance.run.allure_details import LINK, describe_check  # noqa: PLC0415 - slow, and seldom asked for

        requirement = load_register(self.run.version).requirements[check.requirement]
        is_linked = any(kind == LINK for kind, _ in config.option.allure_link_pattern)
        describe_check(check, requirement, result, self.run, is_linked=is_linked)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Send the judgement along with pytest's own report."""
        report = yield
        # pytest-xdist hands this over as it does all that a report has.
        report.of_check = CHECK in item.stash  # type: ignore[attr-defined]
        check, result = item.stash.get(CHECK, None), item.stash.get(JUDGEMENT, None)
        if check is not None and report.when == "call" and result is not None:
            report.user_properties.append((PROPERTY, json.dumps(judgement_of(check, result))))
        return report

    @pytest.fixture(name=SESSION)
    def session_of_test(self, request: pytest.FixtureRequest) -> Generator[Session, None, None]:
        """This process's part of the run; what is sent from now on is this test's evidence.

        A test that judges no requirement deletes at its end what it made.
        """
        check = request.node.stash.get(CHECK, None)
        session = self.open_session()
        if check is None:
            session.start_check(f"own/{request.node.name}", "*")
        else:
            session.start_check(check.id, check.operation)
        yield session
        if check is None:
            session.delete_created()
            session.end_check()


def asks_the_target(item: pytest.Item) -> bool:
    """Return whether a test asks for `osia_session`, as a check does, and for no other fixture of that name."""
    fixtures = fixtures_of(item)
    found: Sequence[pytest.FixtureDef[object]] = fixtures.name2fixturedefs.get(SESSION, ()) if fixtures else ()
    return bool(found) and getattr(found[-1].func, "__module__", "") == __name__


def last_line(report: pytest.CollectReport | pytest.TestReport) -> str:
    """Return the last line of what pytest says of a failure."""
    # pytest colours even what is no terminal, where the caller's environment asks for it.
    lines = _COLOUR.sub("", str(report.longrepr)).strip().splitlines()
    return lines[-1] if lines else "no reason was given"
