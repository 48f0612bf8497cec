"""The directory of a report: one run's alone, and its owner's alone."""

from __future__ import annotations

import contextlib
import os
import stat
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from osia_conformance.cli.rebuilt_report import rebuild
from osia_conformance.config.settings import Settings
from osia_conformance.evidence.files import ATTESTATION
from osia_conformance.reports import FORMATS
from osia_conformance.run.run_request import StartError, prepared
from osia_conformance.verdict import journal
from tests.harness import lab
from tests.harness.running import ENOUGH, begun, closed_port


def test_of_two_runs_into_one_directory_the_second_is_refused(tmp_path: Path) -> None:
    line = ("run", "--url", closed_port(), "--interface-version", "1.0.0", "--report-dir", tmp_path / "r")
    with begun(*line) as one, begun(*line) as other:
        said = [process.communicate(timeout=ENOUGH) for process in (one, other)]
    assert {one.returncode, other.returncode} == {2, 64}
    refused = said[0 if one.returncode == 64 else 1][1]
    assert refused.endswith("already holds a report; name another directory.\n")
    assert len(refused.splitlines()) == 1
    assert [line["kind"] for line in journal.read(tmp_path / "r")].count("header") == 1


def test_of_many_at_the_same_moment_one_gets_the_directory(tmp_path: Path) -> None:
    count = 8
    for number in range(10):
        place = tmp_path / str(number)
        start, taken = threading.Barrier(count), []

        def reserve(place: Path = place, start: threading.Barrier = start, taken: list[Path] = taken) -> None:
            run_request = prepared(replace(Settings(demonstration=True), report_dir=place))
            start.wait()
            with contextlib.suppress(StartError):
                taken.append(run_request.reserve_directory(run_request.run_id))

        threads = [threading.Thread(target=reserve) for _ in range(count)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert taken == [place]


def test_a_report_is_for_its_owner_alone(tmp_path: Path) -> None:
    directory = tmp_path / "r"
    before = os.umask(0)
    try:
        lab.run(directory, ["--osia-only=ENR-DELETE-01", "--osia-only=ENR-BUFFER-07"], **lab.BROKEN)
        (directory / ATTESTATION).touch(0o600)
        rebuild(directory, (*FORMATS, "earl", "oscal"))
    finally:
        os.umask(before)
    found = {path.relative_to(directory).as_posix(): path.stat().st_mode for path in directory.rglob("*")}
    names = {"journal.jsonl", "report.html", "evidence.har", "results.json", "bodies", "added/earl.jsonld"}
    assert names <= found.keys()
    assert any(name.startswith("allure-results/") for name in found)
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    wrong = {name: oct(mode) for name, mode in found.items() if mode & 0o077}
    assert wrong == {}


PLANTED = ("calls.lock", "restarted.pid", "bodies", "journal.jsonl", "results.json", "report.html", "allure-results")


def as_a_link(path: Path) -> None:
    path.symlink_to(path.parent.parent / "outside")


def as_a_broken_link(path: Path) -> None:
    path.symlink_to(path.parent.parent / "nowhere")


def as_a_pipe(path: Path) -> None:
    os.mkfifo(path)


def as_a_directory(path: Path) -> None:
    path.mkdir()


@pytest.mark.parametrize("make", [as_a_link, as_a_broken_link, as_a_pipe, as_a_directory])
@pytest.mark.parametrize("name", PLANTED)
def test_a_directory_in_which_somebody_laid_out_what_a_run_writes_is_refused(
    name: str, make: Callable[[Path], None], tmp_path: Path
) -> None:
    (tmp_path / "outside").write_bytes(b"kept")
    (tmp_path / "r").mkdir()
    make(tmp_path / "r" / name)
    run_request = prepared(replace(Settings(demonstration=True), report_dir=tmp_path / "r"))
    with pytest.raises(StartError, match="already holds a report; name another directory"):
        run_request.reserve_directory(run_request.run_id)
    assert (tmp_path / "outside").read_bytes() == b"kept"
    assert not (tmp_path / "nowhere").exists()
    assert [path.name for path in (tmp_path / "r").iterdir()] == [name]
