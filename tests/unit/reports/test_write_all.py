"""All formats at once, and files that are whole or not there."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from osia_conformance import reports
from osia_conformance.support import files, forks
from tests.unit.reports import journals

NAMES = {"results.json", "bodies", "junit.xml", "allure-results", "report.html", "evidence.har", "summary.md"}


def contents(directory: Path) -> dict[str, str]:
    found = (path for path in sorted(directory.rglob("*")) if path.is_file())
    return {str(path.relative_to(directory)): hashlib.sha256(path.read_bytes()).hexdigest() for path in found}


def test_every_format_is_written_and_nothing_else(tmp_path: Path) -> None:
    for number, scenario in enumerate((journals.conformant, journals.failing, journals.cut_off)):
        directory = tmp_path / str(number)
        directory.mkdir()
        written = reports.write_all(*scenario(), directory)
        assert {path.name for path in written} == {*NAMES, "repro"}
        found = {path.name for path in directory.iterdir()}
        assert found == ({*NAMES, "repro"} if scenario is journals.failing else NAMES)
        assert written[0] == directory / "results.json"


def test_the_same_journal_gives_the_same_files(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    for directory in (one, other):
        directory.mkdir()
        reports.write_all(*journals.hostile(directory), directory)
    assert contents(one) == contents(other)
    reports.write_all(*journals.hostile(one), one)
    assert contents(one) == contents(other)


def test_a_rebuild_leaves_nothing_of_the_former_report(tmp_path: Path) -> None:
    reports.write_all(*journals.failing(), tmp_path)
    reports.write_all(*journals.conformant(), tmp_path)
    rebuilt = contents(tmp_path)
    fresh = tmp_path / "fresh"
    fresh.mkdir()
    reports.write_all(*journals.conformant(), fresh)
    assert rebuilt == contents(fresh)


def test_one_failing_writer_does_not_keep_the_others_from_writing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> Path:
        raise OSError("no space left")

    monkeypatch.setattr(reports.junit, "write", broken)
    monkeypatch.setattr(reports.html, "write", broken)
    with pytest.raises(reports.ReportError) as caught:
        reports.write_all(*journals.conformant(), tmp_path)
    message = str(caught.value)
    assert "junit.xml could not be written (OSError: no space left)" in message
    assert "report.html" in message
    assert "\n" not in message
    assert {path.name for path in tmp_path.iterdir()} == NAMES - {"junit.xml", "report.html"}


def test_a_long_journal_is_written_in_two_processes_with_the_same_files_and_faults(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone, apart = tmp_path / "alone", tmp_path / "apart"
    alone.mkdir()
    apart.mkdir()
    written = reports.write_all(*journals.conformant(), alone)
    monkeypatch.setattr(reports, "_MANY", 0)
    monkeypatch.setattr(forks, "can_fork", lambda: True)
    in_two = reports.write_all(*journals.conformant(), apart)
    assert [path.name for path in in_two] == [path.name for path in written]
    assert contents(alone) == contents(apart)

    def broken(*_: Any) -> Path:
        raise OSError("no space left")

    monkeypatch.setattr(reports.har, "write", broken)
    with pytest.raises(reports.ReportError, match="har could not be written"):
        reports.write_all(*journals.conformant(), apart)
    assert contents(alone) == contents(apart)


def test_results_that_do_not_fit_are_written_and_reported(tmp_path: Path) -> None:
    built, records = journals.conformant()
    with pytest.raises(reports.ReportError, match="effort"):
        reports.write_all({**built, "effort": "heroic"}, records, tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == NAMES


def test_a_file_that_breaks_off_keeps_the_one_that_was_there(tmp_path: Path) -> None:
    def breaking_off() -> Iterator[str]:
        yield "new"
        raise ValueError("broken")

    path = tmp_path / "file"
    files.write(path, ["old"])
    with pytest.raises(ValueError, match="broken"):
        files.write(path, breaking_off())
    assert path.read_text("utf-8") == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_no_number_that_json_lacks_is_written() -> None:
    with pytest.raises(ValueError, match="JSON"):
        files.as_json({"seconds": float("nan")})
