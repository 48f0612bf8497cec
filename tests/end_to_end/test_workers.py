"""`--workers`: the same verdict from several processes, also when one of them is lost."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

import pytest

from osia_conformance.run.collection import side_by_side
from osia_reference.app import create_app
from tests.harness.judging import reference
from tests.harness.running import ENOUGH, JWT_KEY, Gate, Report, begun, configured, hosted, left_on, osia, until

PROC = Path("/proc")


def judged(directory: Path, workers: int) -> Report:
    """Judge a fresh reference server with so many workers."""
    app = create_app(reference())
    place = directory / str(workers)
    place.mkdir()
    with hosted(app) as url:
        file = configured(place, url)
        more = ("--effort", "quick", "--seed", 3, "--report-dir", place / "r")
        done = osia("run", "--config", file, "--workers", workers, *more, env=JWT_KEY)
        assert left_on(app) == []
    assert done.stderr == ""
    assert done.returncode == 0, done.stdout
    return Report(place / "r")


def test_two_workers_come_to_what_one_comes_to(tmp_path: Path) -> None:
    one, two = judged(tmp_path, 1), judged(tmp_path, 2)
    assert one.results["verdict"] == two.results["verdict"] == "conformant"
    assert two.results["workers"] == 2
    outcomes = [
        {(line["id"], line["requirement"], line["outcome"]) for line in report.lines("check")} for report in (one, two)
    ]
    assert outcomes[0] == outcomes[1]
    assert {line["worker"] for line in two.lines("check")} == {"gw0", "gw1"}
    exchanges = [line["id"] for line in two.lines("exchange")]
    assert len(exchanges) == len(set(exchanges))
    assert two.ledger() == []


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
def test_the_checks_of_a_lost_worker_are_untested(tmp_path: Path) -> None:
    app = create_app(reference())
    gate = Gate(app, "PATCH")
    with hosted(gate) as url:
        arguments = ("--workers", 2, "--effort", "quick", "--seed", 3, "--report-dir", tmp_path / "r")
        with begun("run", "--config", configured(tmp_path, url), *arguments, env=JWT_KEY) as process:
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
