"""Reports that somebody else has made: they end with a sentence and touch nothing outside."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from osia_conformance.cli import main
from tests.unit.cli.hostile import expect_a_sentence
from tests.unit.evidence.cases import Case
from tests.unit.support.test_files import CONTENT, endless, pipe


def to_elsewhere(path: Path) -> None:
    elsewhere = path.parents[len(path.parents) - 1] / "unused"
    assert elsewhere
    path.symlink_to(os.environ["OUTSIDE"])


KINDS = (to_elsewhere, pipe, endless)


NAMES = ("journal.jsonl", "results.json", "report.intoto.jsonl", "report.html", "bodies")


@pytest.mark.parametrize("make", KINDS)
@pytest.mark.parametrize("name", NAMES)
def test_links_pipes_and_endless_files_end_with_a_sentence(
    case: Case,
    name: str,
    make: Callable[[Path], None],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    outside = tmp_path / "outside"
    outside.write_bytes(CONTENT)
    monkeypatch.setenv("OUTSIDE", str(outside))
    path = case.report / name
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    make(path)
    expect_a_sentence(main(["verify", str(case.report), "--key", str(case.public)]), capsys, 1)
    key = f"file:{case.stranger}"
    expect_a_sentence(main(["sign", str(case.report), "--key", key, "--countersign", str(case.public)]), capsys, 1)
    expect_a_sentence(main(["compare", str(case.report), str(case.other)]), capsys, 0, 1, 64)
    expect_a_sentence(main(["merge", str(case.report), "--report-dir", str(tmp_path / "merged")]), capsys, 64)
    expect_a_sentence(main(["report", str(case.report)]), capsys, 0, 64, 70)
    expect_a_sentence(main(["cleanup", str(case.report)]), capsys, 0, 64)
    expect_a_sentence(main(["replay", str(case.report), "ENR-READ-02"]), capsys, 64)
    assert outside.read_bytes() == CONTENT


@pytest.mark.parametrize("signed", [True, False])
def test_report_writes_nothing_outside_of_its_directory(
    case: Case, signed: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = case.report
    outside, folder = tmp_path / "outside", tmp_path / "folder"
    outside.write_bytes(CONTENT)
    folder.mkdir()
    if not signed:
        (place / "report.intoto.jsonl").unlink()
    for name in ("report.html", "junit.xml", "summary.md", "evidence.har", "results.json"):
        (place / name).unlink()
        (place / name).symlink_to(outside)
        (place / f".{name}.{os.getpid()}.tmp").symlink_to(outside)
    shutil.rmtree(place / "allure-results")
    (place / "allure-results").symlink_to(folder)
    (place / "added").symlink_to(folder)
    code = main(["report", str(place)])
    assert code == (64 if signed else 70)
    assert outside.read_bytes() == CONTENT
    assert list(folder.iterdir()) == []
    said = capsys.readouterr()
    assert ("it is a link" if signed else "allure-results could not be written") in said.err


def absolute_link(bodies: Path, elsewhere: Path) -> None:
    bodies.symlink_to(elsewhere)


def relative_link(bodies: Path, elsewhere: Path) -> None:
    bodies.symlink_to(f"../{elsewhere.name}")


def link_to_a_link(bodies: Path, elsewhere: Path) -> None:
    (elsewhere.parent / "way").symlink_to(elsewhere)
    bodies.symlink_to(elsewhere.parent / "way")


@pytest.mark.parametrize("lead", [absolute_link, relative_link, link_to_a_link])
def test_bodies_that_are_a_link_are_neither_read_nor_written(
    case: Case, lead: Callable[[Path, Path], None], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (case.report / "report.intoto.jsonl").unlink()
    shutil.move(case.report / "bodies", tmp_path / "bodies")
    before = sorted(path.name for path in (tmp_path / "bodies").iterdir())
    lead(case.report / "bodies", tmp_path / "bodies")
    assert main(["report", str(case.report)]) == 70
    assert sorted(path.name for path in (tmp_path / "bodies").iterdir()) == before
    assert "bodies could not be written" in capsys.readouterr().err


@pytest.mark.parametrize("make", KINDS)
def test_a_body_that_is_a_link_or_a_pipe_is_neither_read_nor_written(
    case: Case, make: Callable[[Path], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outside = tmp_path / "outside"
    outside.write_bytes(CONTENT)
    monkeypatch.setenv("OUTSIDE", str(outside))
    (case.report / "report.intoto.jsonl").unlink()
    (body,) = (case.report / "bodies").iterdir()
    body.unlink()
    make(body)
    assert main(["report", str(case.report), "--format", "oscal", "earl", "pdf"]) in (0, 70)
    assert outside.read_bytes() == CONTENT
    assert not any(CONTENT in path.read_bytes() for path in case.report.rglob("*") if path.is_file() and path != body)
    assert main(["sign", str(case.report), "--key", f"file:{case.key}"]) == 1


def edited(place: Path) -> None:
    (place / "junit.xml").write_bytes(b"<testsuites/>")


def more(place: Path) -> None:
    (place / "added.txt").write_bytes(b"")


def less(place: Path) -> None:
    (place / "junit.xml").unlink()


def no_signature(place: Path) -> None:
    (place / "report.intoto.jsonl").write_bytes(b"conformant\n")


@pytest.mark.parametrize("change", [edited, more, less, no_signature])
def test_report_warns_of_a_bundle_that_is_not_as_it_was_signed(
    case: Case, change: Callable[[Path], None], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["report", str(case.report), "--format", "earl"]) == 0
    assert "warning" not in capsys.readouterr().err
    change(case.report)
    assert main(["report", str(case.report), "--format", "earl"]) == 0
    assert "is signed, and not as it was signed: " in capsys.readouterr().err
