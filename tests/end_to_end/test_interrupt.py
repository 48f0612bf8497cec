"""Ctrl-C and SIGTERM: the report of what ran is written, and nothing stays on the target."""

from __future__ import annotations

import gc
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import nullcontext, suppress
from pathlib import Path
from typing import Any

import pytest

from osia_conformance.run.controller import RunController
from osia_conformance.support.signals import Interrupts
from osia_reference.app import Server, create_app
from tests.harness.judging import judge, reference
from tests.harness.running import (
    ENOUGH,
    JWT_KEY,
    Gate,
    Report,
    begun,
    configured,
    hosted,
    left_on,
    osia,
    suites_by_pytest,
    until,
)

SIGNALS = pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM], ids=lambda one: one.name)


@pytest.fixture
def app() -> Server:
    return create_app(reference())


@pytest.fixture
def gate(app: Server) -> Gate:
    """The target, which holds the first PATCH: an enrollment of the suite's is there then."""
    return Gate(app, "PATCH")


@pytest.fixture
def file(gate: Gate, app: Server, tmp_path: Path) -> Iterator[Path]:
    with hosted(gate) as url:
        yield configured(tmp_path, url)


def run(file: Path, *more: object) -> tuple[object, ...]:
    return ("run", "--config", file, "--effort", "quick", "--report-dir", file.parent / "r", *more)


def ended(process: subprocess.Popen[str]) -> str:
    """Wait for the end; return what was said."""
    out, err = process.communicate(timeout=ENOUGH)
    assert "Traceback" not in out + err, out + err
    return out


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
    assert (report.ledger(), report.results["leftovers"]) == ([], [])


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


def killed(file: Path, gate: Gate) -> None:
    """Begin a run, and kill it when an enrollment is there."""
    with begun(*run(file), env=JWT_KEY) as process:
        until(gate.reached.is_set, "the first PATCH arrives")
        process.kill()
        process.wait(ENOUGH)
    gate.released.set()


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


class TestCleanup:
    """`cleanup DIR`, after a run that could not end itself."""

    def test_it_finishes_the_job_of_a_killed_run(self, file: Path, gate: Gate, app: Server) -> None:
        killed(file, gate)
        assert left_on(app) != []
        assert Report(file.parent / "r").ledger() != []
        first = osia("cleanup", file.parent / "r", "--config", file, env=JWT_KEY)
        assert (first.returncode, first.stderr) == (0, "")
        assert "0 left" in first.stdout
        assert left_on(app) == []
        assert Report(file.parent / "r").ledger() == []
        again = osia("cleanup", file.parent / "r", cwd=file.parent, env=JWT_KEY)
        assert (again.returncode, again.stdout) == (0, "nothing is left on the target\n")

    def test_it_tells_what_stays(self, file: Path, gate: Gate, app: Server) -> None:
        killed(file, gate)
        app.close()
        done = osia("cleanup", file.parent / "r", "--config", file, env=JWT_KEY)
        left = Report(file.parent / "r").ledger()
        assert done.returncode == 2
        said = done.stdout.splitlines()
        assert said[0] == f"0 deleted, {len(left)} left"
        assert [line.split(": ")[1] for line in said[1:]] == left
        assert all(line.split(": ", 2)[2] for line in said[1:])

    def test_a_killed_run_takes_its_workers_along_and_loses_nothing_that_was_judged(
        self, file: Path, gate: Gate, app: Server
    ) -> None:
        report = Report(file.parent / "r")
        with begun(*run(file, "--workers", 2), env=JWT_KEY) as process:
            until(lambda: gate.held == 2, "both workers wait for an answer")
            process.kill()
            process.wait(ENOUGH)
            gate.released.set()
            until(lambda: _ended(process.pid), "its workers end")
        with (report.directory / "journal.jsonl").open("ab") as stream:
            stream.write(b'{"kind":"exchange","id":"ma')
        judged = {(line["id"], line["requirement"]): line["outcome"] for line in report.lines("check")}
        assert judged
        rebuilt = osia("report", report.directory)
        assert (rebuilt.returncode, report.results["verdict"], report.results["ending"]) == (0, "incomplete", "cut off")
        told = {
            (check["id"], entry["id"]): check["outcome"]
            for entry in report.results["requirements"]
            for check in entry["checks"]
            if check["outcome"] != "untested"
        }
        assert told == judged
        assert osia("cleanup", report.directory, "--config", file, env=JWT_KEY).returncode == 0
        assert left_on(app) == []
        assert report.ledger() == []

    def test_the_embedded_server_of_a_killed_run_is_gone_with_it(self, tmp_path: Path) -> None:
        report = Report(tmp_path / "r")
        with begun("demo", "--effort", "quick", "--report-dir", tmp_path / "r") as process:
            path = tmp_path / "r" / "journal.jsonl"
            until(lambda: path.is_file() and len(report.lines("check")) > 5, "it judges")
            process.kill()
        done = osia("cleanup", tmp_path / "r")
        assert (done.returncode, done.stdout) == (0, "nothing is left on the target\n")
        url = report.header()["target"]["url"]
        until(lambda: _closed(url), "the embedded server ends")

    @pytest.mark.parametrize("text", [None, "", "nonsense\n", '{"kind":"footer"}\n'])
    def test_a_directory_without_a_run_is_wrong_usage(self, text: str | None, tmp_path: Path) -> None:
        if text is not None:
            (tmp_path / "journal.jsonl").write_text(text, "utf-8")
        done = osia("cleanup", tmp_path)
        assert done.returncode == 64
        assert len(done.stderr.splitlines()) == 1
        assert str(tmp_path) in done.stderr


def _ended(group: int) -> bool:
    """Return whether no process of a group runs; whether somebody buries them is not the run's business."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return True
    states = list(_states(group))
    return bool(states) and set(states) <= {"Z", "X"}


def _states(group: int) -> Iterator[str]:
    """Yield the states of the processes of a group, as Linux lists them."""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            state, _, of = stat.read_text("utf-8").rpartition(")")[2].split()[:3]
            if int(of) == group:
                yield state


def _closed(url: str) -> bool:
    host, port = url.removeprefix("http://").split(":")
    with socket.socket() as probe:
        probe.settimeout(5)
        return probe.connect_ex((host, int(port))) != 0
