"""`--workers`: the same verdict from several threads, whatever the target does to them, and from processes of
pytest-xdist, also when one of them is lost."""

from __future__ import annotations

import asyncio
import os
import re
import signal
from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from osia_conformance.run import check_threads, worker_count
from osia_conformance.run.collection import side_by_side
from osia_conformance.run.rejudging import rejudge
from osia_reference.app import Server, create_app
from tests.harness import lab
from tests.harness.judging import reference, settings
from tests.harness.lab import IgnoresFinalize, KeepsTheRecord
from tests.harness.running import (
    ALONE,
    ENOUGH,
    JWT_KEY,
    ROOT,
    Gate,
    Report,
    begun,
    configured,
    hosted,
    left_on,
    osia_here,
    until,
)

PROC = Path("/proc")
DELAY = 0.02
SOME = ("--only", "ENR-DELETE", "ENR-FINALIZE", "ENR-FIND", "ENR-PATCH", "ENR-TOKEN", "ENR-PAGE", "ENR-LIFE")
"""Requirements with what is shared, with searches, with forged tokens, with drawn input and random sequences."""


class Far:
    """A server that each call takes a while to reach; it counts how many are under way at once."""

    def __init__(self, app: Server, seconds: float = DELAY) -> None:
        self.app = app
        self.most = 0
        self.seconds = seconds
        self._now = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self._now += 1
        self.most = max(self.most, self._now)
        try:
            await asyncio.sleep(self.seconds)
            await self.app(scope, receive, send)
        finally:
            self._now -= 1

    def close(self) -> None:
        self.app.close()


class Crowded(Far):
    """A server that puts off every call which comes while `many` others are under way, and never says for how long."""

    many = 2

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if self._now < self.many:
            await super().__call__(scope, receive, send)
            return
        await receive()
        await send({"type": "http.response.start", "status": 429, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body", "body": b""})


def judged(app: Any, place: Path, workers: int | str, *more: object, code: int = 2, **target: Any) -> Report:
    """Judge a server with so many workers; it is closed. `target` are settings of that table."""
    place.mkdir()
    arguments = ("--effort", "quick", "--seed", 3, "--report-dir", place / "r", "--workers", workers, *more)
    with hosted(app) as url:
        done = osia_here("run", "--config", configured(place, url, **target), *arguments, env=JWT_KEY)
    assert done.stderr == ""
    assert done.returncode == code, done.stdout
    return Report(place / "r")


def outcomes(report: Report) -> dict[tuple[str, str], str]:
    return {(line["requirement"], line["id"]): line["outcome"] for line in report.lines("check")}


def reasons(report: Report) -> dict[str, list[str | None]]:
    """Return why each failed requirement failed, case by case, without what differs in every run."""
    failed = [entry for entry in report.results["requirements"] if entry["outcome"] == "failed"]
    return {entry["id"]: [check["reason"] for check in entry["checks"]] for entry in failed}


def calls(report: Report) -> dict[str, list[str]]:
    """Return what each check sent and was answered, in its order, without the ids of the run or of buffers.

    What was made to be shared belongs to whichever check came first, and is left out with all of that check's.
    """
    found: dict[str, list[str]] = defaultdict(list)
    for line in report.lines("exchange"):
        path = re.sub(
            r"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{32}|transactionId=[^&]*",
            "",
            line["request"]["url"].partition("/v1")[2],
        )
        found[line["check"]].append(f"{line['request']['method']} {path} {line['response']['status']}")
    return found


def test_so_many_threads_come_to_what_one_comes_to(tmp_path: Path) -> None:
    found = {
        # One alone is the same at any distance.
        workers: judged(Far(create_app(reference()), seconds), tmp_path / str(workers), workers, *SOME)
        for workers, seconds in ((1, 0), (4, DELAY), (16, DELAY))
    }
    for workers, report in found.items():
        assert report.results["workers"] == workers
        assert outcomes(report) == outcomes(found[1])
        assert [entry["checks"] for entry in shown(report)] == [entry["checks"] for entry in shown(found[1])]
        assert report.ledger() == []
        exchanges = [line["id"] for line in report.lines("exchange")]
        assert len(exchanges) == len(set(exchanges))
    assert set(outcomes(found[1]).values()) <= {"passed", "inapplicable"}
    assert {line["worker"] for line in found[4].lines("check")} == {"t1", "t2", "t3", "t4"}
    assert len({line["worker"] for line in found[16].lines("check")}) > 8
    # A check with nothing shared sends the same calls in the same order.
    alone = {
        name: sent for name, sent in calls(found[1]).items() if name.startswith(("state_machine", "patch/", "delete/"))
    }
    assert len(alone) > 20
    for workers in (4, 16):
        sent = calls(found[workers])
        assert {name: sent[name] for name in alone} == alone


def shown(report: Report) -> list[dict[str, Any]]:
    """Return the requirements of results.json as far as no run differs from another: no exchange, no time."""
    wanted = ("id", "outcome", "reason")
    return [
        {"id": entry["id"], "checks": [{name: check[name] for name in wanted} for check in entry["checks"]]}
        for entry in report.results["requirements"]
    ]


@pytest.mark.parametrize(
    "fault", [{"enrollments": KeepsTheRecord}, {"server": IgnoresFinalize}], ids=["delete", "finalize"]
)
def test_a_violation_is_found_by_threads_for_the_same_reason(fault: dict[str, Any], tmp_path: Path) -> None:
    few = ("--only", "ENR-DELETE", "ENR-FINALIZE", "ENR-PAGE")
    # What is deleted and stays is waited for in vain.
    more: dict[str, Any] = {"code": 1, "visible_within": 1}
    one, eight = (
        judged(Far(create_app(reference(), **fault), 0.005), tmp_path / str(workers), workers, *few, **more)
        for workers in (1, 8)
    )
    assert reasons(one) == reasons(eight) != {}
    assert outcomes(one) == outcomes(eight)


def test_a_target_that_puts_off_many_calls_at_once_is_judged_by_fewer(tmp_path: Path) -> None:
    app = Crowded(create_app(reference()))
    report = judged(app, tmp_path / "8", 8, "--only", "ENR-DELETE", "ENR-PATCH", "ENR-TOKEN")
    statuses = [line["response"]["status"] for line in report.lines("exchange")]
    assert 429 in statuses
    # What was put off beside others was judged again alone.
    assert set(outcomes(report).values()) <= {"passed", "inapplicable"}
    assert {line["worker"] for line in report.lines("check")} > {"main"}


def test_left_to_itself_a_run_takes_as_many_threads_as_the_distance_asks_for(tmp_path: Path) -> None:
    far = judged(Far(create_app(reference()), 0.1), tmp_path / "far", "auto", "--only", "ENR-DELETE", "ENR-PATCH")
    found = [line["workers"] for line in far.lines("workers")]
    assert found == [16, 16]
    assert far.results["workers"] == 16
    page = (far.directory / "report.html").read_text("utf-8")
    assert "up to 16" in page


def test_left_to_itself_a_run_that_waits_for_its_target_judges_others_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As near as it is, however busy this machine.
    monkeypatch.setattr(worker_count, "threads_for", lambda *_: 1)
    few = ("--only", "ENR-DELETE", "ENR-PATCH", "ENR-LIFE")
    alone, beside = (
        judged(
            create_app(reference(), **lab.BROKEN), tmp_path / str(workers), workers, *few, code=1, visible_within=1.2
        )
        for workers in (1, "auto")
    )
    assert reasons(alone) == reasons(beside) != {}
    assert outcomes(alone) == outcomes(beside)
    # A random sequence, which is made smaller while time is left for that.
    assert {line["check"].partition("/")[0] for line in beside.lines("example")} == {"state_machine"}
    assert [(line["workers"], line.get("fewest")) for line in beside.lines("workers")] == [(1, None), (8, 1)]
    assert beside.results["workers"] == 8
    workers = [line["worker"] for line in beside.lines("check")]
    # As long as nothing is waited for there is one worker, and one of many has a place at a time.
    assert workers[0] == "main"
    assert len(set(workers)) > 2
    again = rejudge(beside.records, beside.directory)
    assert (again.contradicted, again.open_ones) == ((), ())


def test_with_one_stated_worker_checks_wait_one_after_the_other(tmp_path: Path) -> None:
    few = ("--only", "ENR-DELETE")
    report = judged(create_app(reference(), **lab.BROKEN), tmp_path / "1", 1, *few, code=1, visible_within=1.2)
    assert (report.lines("workers"), report.results["workers"]) == ([], 1)


def test_an_error_in_a_thread_is_a_fault_of_the_suite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise SystemExit(3)

    monkeypatch.setattr(check_threads, "judge_if_final", broken)
    run_request = lab.run(tmp_path / "r", chosen=replace(settings(), workers=2))
    assert run_request.exit_code == 70
    assert "SystemExit: 3" in Report(tmp_path / "r").results["reasons"][0]


def test_threads_that_are_lost_are_a_fault_of_the_suite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check_threads, "_LOOK", 0.01)
    monkeypatch.setattr(check_threads.CheckThreads, "_work", lambda *_: None)
    run_request = lab.run(tmp_path / "r", chosen=replace(settings(), workers=2))
    assert run_request.exit_code == 70


def children(parent: int) -> list[int]:
    """Return the processes that another one started, as Linux lists them."""
    found = []
    for stat in PROC.glob("[0-9]*/stat"):
        try:
            fields = stat.read_text("utf-8").rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == parent:
            found.append(int(stat.parent.name))
    return found


@pytest.mark.skipif(not PROC.is_dir(), reason="needs /proc to find the workers")
def test_the_checks_of_a_lost_process_are_untested(tmp_path: Path) -> None:
    app = create_app(reference())
    gate = Gate(app, "PATCH")
    with hosted(gate) as url:
        env = {**JWT_KEY, **ALONE, "OSIA_CONFIG": str(configured(tmp_path, url)), "OSIA_EFFORT": "quick"}
        env |= {"OSIA_REPORT_DIR": str(tmp_path / "r"), "OSIA_SEED": "3"}
        options = ("suites", "-p", "xdist", "-n", 2, "--max-worker-restart=0")
        with begun(*options, env=env, cwd=ROOT, plain_pytest=True) as process:
            until(lambda: gate.held == 2, "both workers wait for an answer")
            # The other one may be asking for what does not exist.
            assert left_on(app)
            os.kill(children(process.pid)[0], signal.SIGKILL)
            gate.released.set()
            out, err = process.communicate(timeout=ENOUGH)
        assert left_on(app) == []
    report = Report(tmp_path / "r")
    assert "Traceback" not in out + err
    assert process.returncode == 2
    assert (report.results["verdict"], report.results["ending"]) == ("incomplete", "complete")
    assert "untested" in report.outcomes().values()
    assert "failed" not in report.outcomes().values()
    assert report.ledger() == []
    assert "was lost" in out
    judged_checks = {(line["id"], line["requirement"]) for line in report.lines("check")}
    planned = {(one["id"], one["requirement"]) for line in report.lines("plan") for one in line["checks"]}
    assert judged_checks < planned
    untested = {
        (check["id"], entry["id"])
        for entry in report.results["requirements"]
        for check in entry["checks"]
        if check["outcome"] == "untested"
    }
    assert untested == planned - judged_checks


class Ranked:
    """A test with its `long` mark, or without one."""

    def __init__(self, name: str, rank: int = 0) -> None:
        self.name = name
        self.marks = [pytest.mark.long(rank).mark] if rank else []

    def get_closest_marker(self, _: str) -> object:
        return next(iter(self.marks), None)


def test_no_worker_begins_with_two_long_checks() -> None:
    items: list[Any] = [Ranked("a"), Ranked("b", 1), Ranked("c", 2), Ranked("d"), Ranked("e", 2), Ranked("f")]
    assert [item.name for item in side_by_side(items)] == ["c", "a", "e", "d", "b", "f"]
    few: list[Any] = [Ranked("a", 1), Ranked("b", 1), Ranked("c")]
    assert [item.name for item in side_by_side(few)] == ["a", "c", "b"]
