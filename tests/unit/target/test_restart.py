"""A server of the user's own is started anew, and ended with all that it started; nothing else ever is."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from osia_conformance.support.polling import eventually
from osia_conformance.target.restart import FILE, end_restarted, restart

SLEEPS = "import time; time.sleep(60)"


def started(directory: Path, source: str = SLEEPS) -> int:
    restart([sys.executable, "-c", source], directory)
    return int((directory / FILE).read_text("ascii").split()[0])


def runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def test_it_runs_in_a_session_of_its_own_until_it_is_ended(tmp_path: Path) -> None:
    process = started(tmp_path)
    assert os.getsid(process) == process != os.getsid(0)
    end_restarted(tmp_path)
    assert not runs(process)
    assert not (tmp_path / FILE).exists()


def test_a_second_one_takes_the_place_of_the_first(tmp_path: Path) -> None:
    first = started(tmp_path)
    second = started(tmp_path)
    assert not runs(first)
    end_restarted(tmp_path)
    assert not runs(second)


def test_what_it_started_ends_with_it(tmp_path: Path) -> None:
    told = tmp_path / "child"
    source = f"import subprocess, sys; p = subprocess.Popen([sys.executable, '-c', {SLEEPS!r}]); "
    source += f"open({str(told)!r}, 'w').write(f'{{p.pid}}.'); p.wait()"
    started(tmp_path, source)
    assert eventually(lambda: told.exists() and told.read_text().endswith("."), 30) is not None
    child = int(told.read_text().rstrip("."))
    end_restarted(tmp_path)
    assert eventually(lambda: not runs(child) or "Z" in Path(f"/proc/{child}/stat").read_text(), 30) is not None


def test_another_process_under_its_number_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text(f"{os.getpid()} 1", "ascii")
    end_restarted(tmp_path)
    assert not (tmp_path / FILE).exists()


def test_a_program_that_is_not_there_is_an_error_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="not-there"):
        restart(["./not-there"], tmp_path)
    assert not (tmp_path / FILE).exists()
    end_restarted(tmp_path)
