"""Ctrl-C and SIGTERM: the report of what ran is written, and nothing stays on the target."""

from __future__ import annotations

import gc
import os
import re
import signal
import sys
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from osia_conformance.run.controller import RunController
from osia_conformance.support.signals import Interrupts
from osia_conformance.target.client import CUT_OFF
from osia_reference.app import Server
from tests.harness.held import ended, run
from tests.harness.judging import judge
from tests.harness.running import (
    ENOUGH,
    JWT_KEY,
    Gate,
    Report,
    begun,
    configured,
    hosted,
    left_on,
    osia_here,
    suites_by_pytest,
    until,
)

SIGNALS = pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM], ids=lambda one: one.name)


@SIGNALS
def test_a_signal_ends_the_run_with_130_and_a_report(
    ending: signal.Signals, file: Path, gate: Gate, app: Server
) -> None:
    with begun(*run(file), env=JWT_KEY) as process:
        until(gate.reached.is_set, "the first PATCH arrives")
        assert left_on(app) != []
        process.send_signal(ending)
        out = ended(process)
        assert left_on(app) == []
    report = Report(file.parent / "r")
    assert process.returncode == 130
    assert (report.results["ending"], report.results["verdict"]) == ("interrupted", "incomplete")
    assert report.ledger() == []
    assert {"passed", "untested"} <= set(report.outcomes().values())
    assert "the run did not finish: it was interrupted" in report.results["reasons"]
    assert all((file.parent / "r" / name).is_file() for name in ("report.html", "junit.xml", "evidence.har"))
    assert any(" incomplete: " in line for line in out.splitlines())


@SIGNALS
def test_with_workers_it_is_the_same(ending: signal.Signals, file: Path, gate: Gate, app: Server) -> None:
    with begun(*run(file, "--workers", 2), env=JWT_KEY) as process:
        until(gate.reached.is_set, "the first PATCH arrives")
        # As a terminal does it: to the workers, too.
        os.killpg(process.pid, ending)
        gate.released.set()
        ended(process)
        assert left_on(app) == []
    report = Report(file.parent / "r")
    assert process.returncode == 130
    assert (report.results["ending"], report.ledger()) == ("interrupted", [])


@SIGNALS
def test_a_signal_to_the_main_process_alone_ends_its_workers_in_the_middle_of_a_call(
    ending: signal.Signals, file: Path, gate: Gate
) -> None:
    with begun(*run(file, "--workers", 2), env=JWT_KEY) as process:
        until(lambda: gate.held == 2, "both workers wait for an answer")
        process.send_signal(ending)
        ended(process)
        assert not gate.released.is_set()
    report = Report(file.parent / "r")
    assert process.returncode == 130
    assert (report.results["ending"], report.ledger()) == ("interrupted", [])


def test_while_processes_start_it_is_the_same(tmp_path: Path) -> None:
    env = {"OSIA_REPORT_DIR": str(tmp_path / "r"), "OSIA_EFFORT": "quick"}
    done = suites_by_pytest("suites", "-q", "--osia-demo", "-n", "2", "-p", "tests.harness.interrupting", env=env)
    assert (done.returncode, Report(tmp_path / "r").results["ending"]) == (2, "interrupted")


def test_the_embedded_server_outlives_ctrl_c_until_all_is_deleted(tmp_path: Path) -> None:
    report = Report(tmp_path / "r")
    with begun("demo", "--effort", "quick", "--report-dir", tmp_path / "r") as process:
        until(lambda: (tmp_path / "r" / "journal.jsonl").is_file() and len(report.lines("check")) > 5, "it judges")
        os.killpg(process.pid, signal.SIGINT)
        ended(process)
    assert process.returncode == 130
    # But for a write that the signal cut off in the middle, which is listed.
    left = {entry["enrollment"]: entry["reason"] for entry in report.results["leftovers"]}
    assert list(left) == report.ledger()
    assert len(left) <= 1
    assert all("was cut off" in reason for reason in left.values())


def test_a_second_signal_gives_up_what_is_left_and_writes_the_report(file: Path, app: Server, gate: Gate) -> None:
    with begun(*run(file), env=JWT_KEY) as process:
        until(gate.reached.is_set, "the first PATCH arrives")
        clean_up = Gate(gate.app, "DELETE")
        gate.app = clean_up
        # The check deletes what it made, then the run does; each is cut short.
        process.send_signal(signal.SIGINT)
        until(lambda: clean_up.held == 1, "the check deletes")
        process.send_signal(signal.SIGINT)
        until(lambda: clean_up.held == 2, "the run deletes")
        process.send_signal(signal.SIGINT)
        process.wait(ENOUGH)
        clean_up.released.set()
        ended(process)
    report = Report(file.parent / "r")
    assert process.returncode == 130
    assert report.results["ending"] == "interrupted"
    assert {entry["enrollment"] for entry in report.results["leftovers"]} == set(report.ledger()) != set()


class Drops:
    """In front of a server: with the first PATCH comes a signal where what it raises is lost."""

    def __init__(self, app: Server) -> None:
        self.app = app
        self.came = False

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["method"] == "PATCH" and not self.came:
            self.came = True
            gc.callbacks.append(self.collected)
            gc.collect()
            gc.callbacks.remove(self.collected)
        await self.app(scope, receive, send)

    def collected(self, phase: str, info: object) -> None:
        if phase == "start":
            signal.raise_signal(signal.SIGTERM)

    def close(self) -> None:
        self.app.close()


def test_a_signal_that_python_drops_ends_the_run_all_the_same(app: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    dropped: list[Any] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda told: dropped.append(told.exc_type))
    judged = judge(Drops(app), arguments=("-k", "test_patch"))
    assert dropped == [KeyboardInterrupt]
    assert (judged.exit_code, judged.results["ending"]) == (130, "interrupted")


def test_a_signal_that_was_lost_until_the_end_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Interrupts, "listen", lambda asked: setattr(asked, "asked", True))
    monkeypatch.setattr(RunController, "go_on", lambda _: None)
    judged = judge(only=("ENR-DELETE-01",))
    assert (judged.exit_code, judged.results["ending"]) == (130, "interrupted")
    assert judged.outcomes("passed") == {"ENR-DELETE-01"}


def test_a_closed_terminal_ends_a_run_unless_it_was_started_to_outlive_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for before, ends in ((signal.SIG_DFL, True), (signal.SIG_IGN, False)):
        interrupts, old = Interrupts(), signal.signal(signal.SIGHUP, before)
        try:
            interrupts.listen()
            with pytest.raises(KeyboardInterrupt) if ends else nullcontext():
                signal.raise_signal(signal.SIGHUP)
            assert interrupts.asked is ends
            interrupts.ignore()
            signal.raise_signal(signal.SIGHUP)
        finally:
            interrupts.restore()
            assert signal.signal(signal.SIGHUP, old) == before


class HoldsCreates(Gate):
    """Holds creates that it has read, once `begins`; with `until_deleted` until somebody deletes what is not there."""

    def __init__(self, app: Server, begins: Callable[[], bool], *, until_deleted: bool) -> None:
        super().__init__(app, "POST")
        self._begins = begins
        self._until_deleted = until_deleted

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if self._is_create(scope) and self._begins():
            message = await receive()
            assert not message.get("more_body")

            async def read() -> Any:
                return message

            await super().__call__(scope, read, send)
            return
        await self.app(scope, receive, send)
        if scope.get("method") == "DELETE" and self.held and self._until_deleted:
            self.released.set()

    @staticmethod
    def _is_create(scope: Any) -> bool:
        return scope.get("method") == "POST" and re.fullmatch(r"/v1/enrollments/[^/]+", scope["path"]) is not None


@pytest.mark.parametrize(
    ("ending", "stage", "comes"),
    [
        # Each signal meets each stage, and each of both a create that comes late and one that stays away.
        pytest.param(signal.SIGINT, "header", True, id="SIGINT in the preflight, comes late"),
        pytest.param(signal.SIGTERM, "header", False, id="SIGTERM in the preflight, stays away"),
        pytest.param(signal.SIGINT, "plan", False, id="SIGINT in a check, stays away"),
        pytest.param(signal.SIGTERM, "plan", True, id="SIGTERM in a check, comes late"),
    ],
)
def test_what_a_create_that_was_cut_off_may_still_make_is_deleted_or_listed(
    ending: signal.Signals, stage: str, comes: bool, app: Server, tmp_path: Path
) -> None:
    journal = tmp_path / "r" / "journal.jsonl"
    holding = HoldsCreates(app, lambda: f'"kind":"{stage}"' in journal.read_text("utf-8"), until_deleted=comes)
    with hosted(holding) as url:
        file = configured(tmp_path, url)
        with begun(*run(file, "--workers", 1, "--only", "ENR-READ-01"), env=JWT_KEY) as process:
            until(holding.reached.is_set, "a create arrives")
            process.send_signal(ending)
            ended(process)
        report = Report(tmp_path / "r")
        assert process.returncode == 130
        left = [entry["enrollment"] for entry in report.results["leftovers"]]
        assert left == report.ledger()
        assert [line["error"] for line in report.lines("exchange") if line["response"] is None] == [CUT_OFF]
        if comes:
            assert (left, left_on(app)) == ([], [])
            return
        holding.released.set()
        until(lambda: left_on(app) == left != [], "the target carries it out after all")
        assert osia_here("cleanup", report.directory, "--config", file, env=JWT_KEY).returncode == 0
        assert left_on(app) == []
