"""Where one worker judges, checks go without pytest's set-up, unless somebody must see it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from _pytest.runner import runtestprotocol

from osia_conformance.run import check_loop
from osia_conformance.run.run_request import prepared
from osia_conformance.run.runner import run_suites
from osia_conformance.run.selection import Selection
from osia_conformance.verdict import journal
from osia_reference.app import create_app
from osia_reference.enrollments import Enrollments
from tests.harness.inprocess import AsgiTransport
from tests.harness.judging import RUN, reference, settings
from tests.harness.lab import BROKEN
from tests.unit.run.test_thread_loop import DELETE, Marking, Phases, WithFixture, WithHook

SetUps = list[str]


@pytest.fixture
def set_ups(monkeypatch: pytest.MonkeyPatch) -> SetUps:
    """The ids of the tests that pytest sets up itself."""
    found: SetUps = []
    set_up = pytest.Function.setup

    def noted(item: pytest.Function) -> None:
        found.append(item.nodeid)
        set_up(item)

    monkeypatch.setattr(pytest.Function, "setup", noted)
    return found


def judged(place: Path, *plugins: object, **server: str) -> list[dict[str, Any]]:
    """Judge a reference server; return what is judged of each check."""
    transport = AsgiTransport(create_app(reference(**server)))
    request = prepared(
        replace(settings(), report_dir=place / "r"), transport=transport, write_reports=lambda *_: None, run_id=RUN
    )
    run_suites(request, plugins=plugins, arguments=DELETE)
    lines = journal.read(place / "r", "check")
    return [{name: value for name, value in line.items() if name != "seconds"} for line in lines]


def test_checks_are_judged_without_pytest_and_as_it_would(tmp_path: Path, set_ups: SetUps) -> None:
    alone = judged(tmp_path / "alone")
    assert (len(alone) > 1, set_ups) == (True, [])
    hook = WithHook()
    assert judged(tmp_path / "pytest", hook) == alone
    assert hook.called == len(set_ups) == len(alone)


def test_a_test_with_a_fixture_of_others_is_set_up_by_pytest(tmp_path: Path, set_ups: SetUps) -> None:
    fixture = WithFixture()
    lines = judged(tmp_path, fixture)
    assert fixture.times == len(set_ups) == len(lines)


def test_a_test_with_a_mark_of_others_is_set_up_by_pytest_among_the_others(tmp_path: Path, set_ups: SetUps) -> None:
    lines = judged(tmp_path, Marking())
    assert len(set_ups) == 1 < len(lines)


def test_who_follows_reports_is_told_of_each_phase(tmp_path: Path, set_ups: SetUps) -> None:
    phases = Phases()
    lines = judged(tmp_path, phases)
    assert (set_ups, len(phases.told)) == ([], len(lines))
    assert {tuple(told) for told in phases.told.values()} == {("setup passed", "call passed", "teardown passed")}


def test_a_number_of_failures_after_which_pytest_ends_holds(tmp_path: Path) -> None:
    transport = AsgiTransport(create_app(reference(), **BROKEN))
    request = prepared(replace(settings(), report_dir=tmp_path / "r"), transport=transport)
    run_suites(request, arguments=(*DELETE, "--maxfail=1"))
    outcomes = [line["outcome"] for line in journal.read(tmp_path / "r", "check")]
    judged, planned = len(outcomes), len(journal.read(tmp_path / "r", "plan")[0]["checks"])
    assert "failed" in outcomes
    assert judged < planned


def test_an_outcome_of_pytests_own_ends_one_check_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usual, left = check_loop.judge, [1]

    def once(*of_check: Any) -> Any:
        if left:
            left.pop()
            pytest.fail("an outcome of pytest's own")
        return usual(*of_check)

    monkeypatch.setattr(check_loop, "judge", once)
    assert len(judged(tmp_path)) > 1


def test_a_run_that_a_preflight_ended_judges_nothing(tmp_path: Path, set_ups: SetUps) -> None:
    assert judged(tmp_path, jwt_key="the key of another issuer, which is long enough") == []
    assert set_ups == []


class Recovering(Enrollments):
    """Deletes nothing while `stalls` says so."""

    stalls = False

    def delete(self, enrollment_id: str) -> None:
        if self.stalls:
            self.existing(enrollment_id)
        else:
            super().delete(enrollment_id)


class Rerunning:
    """Runs each test again, as pytest-rerunfailures does; the server deletes the second time alone."""

    def pytest_runtest_protocol(self, item: pytest.Item, nextitem: pytest.Item | None) -> bool:
        Recovering.stalls = True
        runtestprotocol(item, nextitem=nextitem, log=False)
        Recovering.stalls = False
        runtestprotocol(item, nextitem=nextitem)
        return True


def test_a_test_that_is_run_again_does_not_make_a_pass_of_a_failure(tmp_path: Path) -> None:
    transport = AsgiTransport(create_app(reference(), enrollments=Recovering))
    request = prepared(replace(settings(), report_dir=tmp_path / "r"), transport=transport)
    assert run_suites(request, plugins=[Rerunning()], selection=Selection(only=("ENR-DELETE-01",))) == 1
    assert [line["outcome"] for line in journal.read(tmp_path / "r", "check")] == ["failed", "passed"]
    assert request.results is not None
    (entry,) = [entry for entry in request.results["requirements"] if entry["id"] == "ENR-DELETE-01"]
    assert entry["outcome"] == "failed"
    assert entry["reason"].endswith(" (judged 2 times: failed, then passed)")
