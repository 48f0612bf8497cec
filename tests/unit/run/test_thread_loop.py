"""Threads judge what asks for nothing but what the suite gives; pytest itself runs the rest, and is told of all."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import httpx
import pytest

from osia_conformance.run.other_hooks import must_run_by_pytest
from osia_conformance.run.run_request import prepared
from osia_conformance.run.runner import run_suites
from osia_conformance.support.seeded_draws import DRAWS_IN_THREADS
from osia_conformance.target.check_slots import CheckSlots
from osia_conformance.verdict import journal
from osia_reference.app import create_app
from tests.harness import lab
from tests.harness.inprocess import AsgiTransport
from tests.harness.judging import reference, settings
from tests.harness.running import ENOUGH

DELETE = ("-k", "test_delete")


class Phases:
    """Remembers what pytest is told of each test."""

    def __init__(self) -> None:
        self.told: dict[str, list[str]] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.told.setdefault(report.nodeid, []).append(f"{report.when} {report.outcome}")


class Stopping:
    """Has pytest stop as soon as it is told of a test."""

    def pytest_sessionstart(self, session: pytest.Session) -> None:
        self.session = session

    def pytest_runtest_logreport(self) -> None:
        self.session.shouldstop = "one is enough"


class Marking:
    """Adds a mark that is none of the suite's to one test."""

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        next(item for item in items if "test_delete" in item.nodeid).add_marker(pytest.mark.usefixtures("settings"))


class WithHook:
    """Has a hook that is called for each test, as pytest-timeout has."""

    def __init__(self) -> None:
        self.called = 0

    def pytest_runtest_setup(self) -> None:
        """Count the tests."""
        self.called += 1


class WithFixture:
    """Has a fixture for each test, as a plugin may."""

    def __init__(self) -> None:
        self.open = self.most = self.times = 0

    @pytest.fixture(autouse=True)
    def resource(self) -> Iterator[None]:
        """Count who has it."""
        self.open += 1
        self.times += 1
        self.most = max(self.most, self.open)
        yield
        self.open -= 1


class UntilTwoCall(httpx.BaseTransport):
    """Holds what a first thread of checks sends until a second one sends, too, in front of a transport.

    However busy the machine is, no thread can have judged everything before the other began.
    """

    def __init__(self, inner: AsgiTransport) -> None:
        self._inner = inner
        self._threads: set[int] = set()
        self._changed = threading.Condition()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer, at once in the main thread."""
        if threading.current_thread() is not threading.main_thread():
            with self._changed:
                self._threads.add(threading.get_ident())
                self._changed.notify_all()
                assert self._changed.wait_for(lambda: len(self._threads) > 1, ENOUGH)
        return self._inner.handle_request(request)

    def close(self) -> None:
        """Close the transport."""
        self._inner.close()


def judged(
    place: Path, *plugins: object, arguments: tuple[str, ...] = DELETE, two: bool = False, **parts: Any
) -> tuple[int, list[Any]]:
    """Judge a server with two threads; return pytest's exit code and the judged checks. `two`: both judge some."""
    inner = AsgiTransport(create_app(reference(), **parts))
    transport: Any = UntilTwoCall(inner) if two else inner
    chosen = replace(settings(), workers=2, report_dir=place / "r")
    request = prepared(chosen, transport=transport, write_reports=lambda *_: None)
    code = run_suites(request, plugins=plugins, arguments=arguments)
    return code, journal.read(place / "r", "check")


def workers(lines: list[Any]) -> set[str]:
    return {line["worker"] for line in lines}


@pytest.mark.skipif(not DRAWS_IN_THREADS, reason="this release of Hypothesis draws in one thread")
def test_pytest_is_told_of_each_test_as_if_it_had_run_it(tmp_path: Path) -> None:
    phases = Phases()
    code, lines = judged(tmp_path, phases, two=True, enrollments=lab.KeepsTheRecord)
    assert code == 1
    assert workers(lines) == {"t1", "t2"}
    assert len(phases.told) == len(lines)
    outcomes = {line["outcome"] for line in lines}
    assert {"passed", "failed"} <= outcomes
    assert {told[0] for told in phases.told.values()} == {"setup passed"}
    assert {told[1] for told in phases.told.values()} >= {"call passed", "call failed"}
    assert {told[2] for told in phases.told.values()} == {"teardown passed"}


def test_a_test_with_a_mark_of_somebody_elses_runs_alone(tmp_path: Path) -> None:
    _, lines = judged(tmp_path, Marking())
    assert [line["worker"] for line in lines].count("main") == 1
    assert lines[-1]["worker"] == "main"


def test_tests_with_a_fixture_of_somebody_elses_run_one_after_the_other(tmp_path: Path) -> None:
    plugin = WithFixture()
    _, lines = judged(tmp_path, plugin)
    assert workers(lines) == {"main"}
    assert (plugin.open, plugin.most, plugin.times) == (0, 1, len(lines))


def test_pytest_judges_where_a_hook_of_somebody_elses_is_called_for_each_test(tmp_path: Path) -> None:
    plugin = WithHook()
    _, lines = judged(tmp_path, plugin)
    assert workers(lines) == {"main"}
    assert plugin.called == len(lines)


@pytest.mark.parametrize("name", ["setuponly", "setupplan", "setupshow", "usepdb", "trace"])
def test_pytest_runs_the_tests_where_an_option_asks_for_it(name: str, request: pytest.FixtureRequest) -> None:
    asked = SimpleNamespace(option=SimpleNamespace(**{name: True}))
    assert must_run_by_pytest(cast("pytest.Config", asked), [request.node])


def test_nothing_more_is_handed_out_once_pytest_is_to_stop(tmp_path: Path) -> None:
    _, lines = judged(tmp_path, Stopping(), arguments=("-k", "test_schema"))
    (plan,) = journal.read(tmp_path / "r", "plan")
    assert 0 < len(lines) < len(plan["checks"])


def test_threads_have_one_rate_availability_record_and_set_of_tokens(tmp_path: Path) -> None:
    app = create_app(reference())
    with lab.session(tmp_path, app) as session:
        others = [session.beside(name, CheckSlots(2)) for name in ("t1", "t2")]
        for name in ("_limiter", "availability", "journal", "tokens", "redactor", "privacy", "wire", "_ids"):
            assert {id(getattr(each, name)) for each in (session, *others)} == {id(getattr(session, name))}
        for name in ("recorder", "target", "service_ends", "shared", "_created"):
            assert len({id(getattr(each, name)) for each in (session, *others)}) == 3
        assert [each.worker for each in others] == ["t1", "t2"]
    app.close()
