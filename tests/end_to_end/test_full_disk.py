"""A disk that is full: what was judged before stays, the end is told in a sentence, and a report can be made later."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from osia_conformance.support import files
from osia_conformance.verdict import journal
from osia_conformance.verdict.journal import Journal, Unwritable
from osia_reference.app import create_app
from tests.harness.judging import reference
from tests.harness.running import ENOUGH, JWT_KEY, Report, command, configured, environment, hosted, left_on, osia_here

HEADER_AND_REGISTER = 250_000
"""Bytes of a journal before its first check, at most."""


BOUNDED = "import os, resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, ({0}, {0})); os.execv(*{1})"
"""Lets no file of a process grow beyond so many bytes; the system then refuses as a full disk does."""


def run(size: int, *arguments: object) -> subprocess.CompletedProcess[str]:
    line = command("run" if "--config" in arguments else "demo", "--effort", "quick", *arguments)
    done = subprocess.run(
        [sys.executable, "-c", BOUNDED.format(size, (sys.executable, line))],
        # What others import as well must not be compiled here, and cut short.
        env=environment({**JWT_KEY, "PYTHONDONTWRITEBYTECODE": "1"}),
        capture_output=True,
        text=True,
        timeout=ENOUGH,
        check=False,
    )
    assert "Traceback" not in done.stdout + done.stderr, done.stdout + done.stderr
    return done


@pytest.mark.parametrize("workers", [1, 2])
def test_a_journal_that_finds_no_more_room_keeps_what_was_judged(workers: int, tmp_path: Path) -> None:
    app = create_app(reference())
    with hosted(app) as url:
        file = configured(tmp_path, url)
        # Above the largest buffer, which has a file of its own: the journal is what grows beyond it.
        size = HEADER_AND_REGISTER + 950_000
        done = run(size, "--config", file, "--workers", workers, "--report-dir", tmp_path / "r")
        assert left_on(app) == []
    assert done.returncode == 70
    assert "journal.jsonl cannot be written: File too large" in " ".join((done.stdout + done.stderr).split())
    report = Report(tmp_path / "r")
    assert len(report.lines("check")) > 10
    assert not list((tmp_path / "r").rglob("*.tmp")) + list((tmp_path / "r").rglob("*.part"))
    again = osia_here("report", tmp_path / "r")
    assert again.returncode == 0
    assert report.results["verdict"] == "incomplete"
    judged = {(line["id"], line["requirement"]): line["outcome"] for line in report.lines("check")}
    told = {(one["id"], entry["id"]): one for entry in report.results["requirements"] for one in entry["checks"]}
    assert {key: told[key]["outcome"] for key in judged} == judged
    assert {one["outcome"] for key, one in told.items() if key not in judged} == {"untested"}


def test_a_run_that_finds_no_room_at_all_does_not_begin(tmp_path: Path) -> None:
    done = run(1000, "--report-dir", tmp_path / "r")
    assert done.returncode == 64
    assert done.stderr.endswith("journal.jsonl cannot be written: File too large.\n")
    assert len(done.stderr.splitlines()) == 1
    assert not (tmp_path / "r").exists()


FULL = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.fixture
def full(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Let the disk take so many more bytes."""

    def after(room: int) -> None:
        left, real = [room], os.write

        def write(file: int, data: bytes) -> int:
            if not left[0]:
                raise FULL
            written = real(file, data[: left[0]])
            left[0] -= written
            return written

        monkeypatch.setattr(os, "write", write)

    return after


@pytest.mark.parametrize("room", [0, 1, 20])
def test_a_line_that_does_not_fit_leaves_nothing(
    room: int, tmp_path: Path, full: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = Journal(tmp_path)
    opened.write("header", seed=1)
    full(room)
    with pytest.raises(Unwritable, match=r"journal.jsonl cannot be written: No space left on device$"):
        opened.write("check", text="x" * 100)
    monkeypatch.undo()
    opened.write("footer")
    opened.close()
    assert [line["kind"] for line in journal.read(tmp_path)] == ["header", "footer"]


def test_a_body_that_does_not_fit_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = Journal(tmp_path)

    def refuse(*_: object, **__: object) -> None:
        raise FULL

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(Unwritable, match=r"bodies/[0-9a-f]{64} cannot be written: No space left on device$"):
        opened.body(bytes(journal.INLINE_LIMIT + 1))
    opened.close()
    assert list((tmp_path / journal.BODIES).iterdir()) == []


def test_a_line_that_a_killed_process_did_not_finish_harms_no_other(tmp_path: Path) -> None:
    opened = Journal(tmp_path)
    opened.write("header", seed=1)
    with (tmp_path / journal.FILE).open("ab") as other:
        other.write(b'{"kind":"exchange","id":"gw0.1')
    opened.write("check", id="a")
    opened.close()
    assert [line["kind"] for line in journal.read(tmp_path)] == ["header", "check"]


def test_a_report_file_is_whole_or_not_there(tmp_path: Path) -> None:
    def chunks() -> object:
        yield "the beginning"
        raise FULL

    path = tmp_path / "report.html"
    files.write(path, ["the old one"])
    with pytest.raises(OSError, match="No space left"):
        files.write(path, chunks())  # type: ignore[arg-type]
    assert [entry.name for entry in tmp_path.iterdir()] == ["report.html"]
    assert path.read_text("utf-8") == "the old one"
