"""`cleanup DIR`, after a run that could not end itself."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from osia_reference.app import Server
from tests.harness.held import run
from tests.harness.running import ENOUGH, JWT_KEY, Gate, Report, begun, left_on, osia, osia_here, until


def killed(file: Path, gate: Gate) -> None:
    """Begin a run, and kill it when an enrollment is there."""
    with begun(*run(file), env=JWT_KEY) as process:
        until(gate.reached.is_set, "the first PATCH arrives")
        process.kill()
        process.wait(ENOUGH)
    gate.released.set()


def test_it_finishes_the_job_of_a_killed_run(file: Path, gate: Gate, app: Server) -> None:
    killed(file, gate)
    assert left_on(app) != []
    assert Report(file.parent / "r").ledger() != []
    first = osia("cleanup", file.parent / "r", "--config", file, env=JWT_KEY)
    assert (first.returncode, first.stderr) == (0, "")
    assert "0 left" in first.stdout
    assert left_on(app) == []
    assert Report(file.parent / "r").ledger() == []
    again = osia_here("cleanup", file.parent / "r", cwd=file.parent, env=JWT_KEY)
    assert (again.returncode, again.stdout) == (0, "nothing is left on the target\n")


def test_it_tells_what_stays(file: Path, gate: Gate, app: Server) -> None:
    killed(file, gate)
    app.close()
    done = osia_here("cleanup", file.parent / "r", "--config", file, env=JWT_KEY)
    left = Report(file.parent / "r").ledger()
    assert done.returncode == 2
    said = done.stdout.splitlines()
    assert said[0] == f"0 deleted, {len(left)} left"
    assert [line.split(": ")[1] for line in said[1:]] == left
    assert all(line.split(": ", 2)[2] for line in said[1:])


def test_a_killed_run_takes_its_workers_along_and_loses_nothing_that_was_judged(
    file: Path, gate: Gate, app: Server
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
    rebuilt = osia_here("report", report.directory)
    assert (rebuilt.returncode, report.results["verdict"], report.results["ending"]) == (0, "incomplete", "cut off")
    told = {
        (check["id"], entry["id"]): check["outcome"]
        for entry in report.results["requirements"]
        for check in entry["checks"]
        if check["outcome"] != "untested"
    }
    assert told == judged
    assert osia_here("cleanup", report.directory, "--config", file, env=JWT_KEY).returncode == 0
    assert left_on(app) == []
    assert report.ledger() == []


def test_the_embedded_server_of_a_killed_run_is_gone_with_it(tmp_path: Path) -> None:
    report = Report(tmp_path / "r")
    with begun("demo", "--effort", "quick", "--report-dir", tmp_path / "r") as process:
        path = tmp_path / "r" / "journal.jsonl"
        until(lambda: path.is_file() and len(report.lines("check")) > 5, "it judges")
        process.kill()
    done = osia_here("cleanup", tmp_path / "r")
    assert (done.returncode, done.stdout) == (0, "nothing is left on the target\n")
    url = report.header()["target"]["url"]
    until(lambda: _closed(url), "the embedded server ends")


@pytest.mark.parametrize("text", [None, "", "nonsense\n", '{"kind":"footer"}\n'])
def test_a_directory_without_a_run_is_wrong_usage(text: str | None, tmp_path: Path) -> None:
    if text is not None:
        (tmp_path / "journal.jsonl").write_text(text, "utf-8")
    done = osia_here("cleanup", tmp_path)
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
