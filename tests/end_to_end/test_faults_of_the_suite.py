"""What is wrong with the suite, or around it, never looks like a verdict: 70 and a sentence; and what lies in the
working directory is never run."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from osia_conformance.cli import parser, requirements
from tests.harness.running import ENOUGH, ROOT, Report, environment, osia

TRAPS = ("token", "secrets", "platform", "email", "queue", "conftest", "sitecustomize", "usercustomize")


def test_a_crash_of_a_command_is_a_fault(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def crash(_: object) -> int:
        raise LookupError("a name\nof two lines")

    monkeypatch.setattr(requirements, "run", crash)
    assert parser.main(["requirements"]) == 70
    said = capsys.readouterr()
    assert said.err == "osia-conformance: the suite itself failed: LookupError: a name of two lines\n"


def test_a_part_that_cannot_be_imported_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "securesystemslib.py").write_text("raise ImportError('broken')\n", "utf-8")
    (tmp_path / "k.pub").write_text("key", "utf-8")
    path = f"{tmp_path}:{ROOT}:{ROOT / 'reference'}"
    done = osia("verify", tmp_path, "--key", tmp_path / "k.pub", env={"PYTHONPATH": path})
    assert (done.returncode, done.stdout) == (70, "")
    assert done.stderr == "osia-conformance: the suite itself failed: ImportError: broken\n"


def test_a_suite_that_cannot_be_loaded_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "argparse.py").write_text("raise ImportError('broken')\n", "utf-8")
    done = osia("requirements", env={"PYTHONPATH": f"{tmp_path}:{ROOT}:{ROOT / 'reference'}"})
    assert (done.returncode, done.stdout) == (70, "")
    assert done.stderr == "osia-conformance: the suite itself failed: ImportError: broken\n"


def test_a_working_directory_that_is_gone_is_a_fault_and_no_verdict(tmp_path: Path) -> None:
    program = "import os, sys; os.rmdir(os.getcwd()); os.execv(sys.executable, sys.argv[1:])"
    gone = tmp_path / "gone"
    gone.mkdir()
    line = [sys.executable, "-c", program, sys.executable, "-m", "osia_conformance", "demo"]
    path = f"{ROOT}:{ROOT / 'reference'}"
    done = subprocess.run(
        line,
        cwd=gone,
        env=environment({"PYTHONPATH": path}),
        capture_output=True,
        text=True,
        check=False,
        timeout=ENOUGH,
    )
    assert (done.returncode, done.stdout) == (70, "")
    assert done.stderr.startswith("osia-conformance: the working directory is gone")


@pytest.mark.parametrize("workers", [1, 2])
def test_files_of_the_working_directory_are_never_imported(workers: int, tmp_path: Path) -> None:
    for name in TRAPS:
        (tmp_path / f"{name}.py").write_text(f"open({str(tmp_path / 'sprung')!r}, 'w')\nraise SystemExit(3)\n", "utf-8")
    few = ("--effort", "quick", "--only", "ENR-READ-01", "--workers", workers)
    done = osia("demo", *few, "--report-dir", "r", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (2, "")
    assert Report(tmp_path / "r").outcomes()["ENR-READ-01"] == "passed"
    assert not (tmp_path / "sprung").exists()


def test_a_run_allows_no_core_dump_to_any_process_of_it(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "import atexit, os, resource\n"
        "def note():\n"
        f"    with open({str(tmp_path / 'limits')!r}, 'a') as file:\n"
        "        file.write(f'{resource.getrlimit(resource.RLIMIT_CORE)[0]}\\n')\n"
        "atexit.register(note)\n",
        "utf-8",
    )
    path = f"{tmp_path}:{ROOT}:{ROOT / 'reference'}"
    program = "import os, resource, sys; hard = resource.getrlimit(resource.RLIMIT_CORE)[1]\n"
    program += "resource.setrlimit(resource.RLIMIT_CORE, (hard, hard)); os.execv(sys.executable, sys.argv[1:])"
    few = ("--effort", "quick", "--only", "ENR-READ-01", "--workers", "2", "--report-dir", str(tmp_path / "r"))
    line = [sys.executable, "-c", program, sys.executable, "-m", "osia_conformance", "demo", *few]
    where = environment({"PYTHONPATH": path})
    done = subprocess.run(line, cwd=tmp_path, env=where, capture_output=True, text=True, check=False, timeout=ENOUGH)
    assert (done.returncode, done.stderr) == (2, "")
    assert set((tmp_path / "limits").read_text("utf-8").split()) == {"0"}
