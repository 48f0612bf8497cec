"""A run starts a pytest of its own: nothing of the caller's set-up changes what is judged."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.harness.judging import judge
from tests.harness.running import Report, osia

FEW = ("--only", "ENR-DELETE", "--effort", "quick")
BREAKING = "raise RuntimeError('the caller has a conftest of their own')\n"


def ran(directory: Path, *options: str, **env: str) -> Report:
    """Judge a part in a directory, and assert that it went well."""
    done = osia("demo", *FEW, *options, "--report-dir", "r", cwd=directory, env=env)
    report = Report(directory / "r")
    assert (done.returncode, done.stderr) == (2, "")
    outcomes = report.outcomes()
    assert {outcomes[name] for name in outcomes if name.startswith("ENR-DELETE")} == {"passed"}
    return report


@pytest.mark.parametrize(
    "files",
    [
        {
            "pytest.ini": "[pytest]\naddopts = --no-such-option\n",
            "conftest.py": BREAKING,
            "test_of_the_caller.py": BREAKING,
        },
        {"pytest.ini": "[pytest]\npython_functions = never_*\ntestpaths = elsewhere\n"},
        {
            "tox.ini": "[pytest]\naddopts = -x --no-such-option\n",
            "pyproject.toml": '[tool.pytest.ini_options]\naddopts = "--no-such-option"\n',
        },
    ],
    ids=["pytest.ini and tests", "another pytest.ini", "tox.ini and pyproject.toml"],
)
def test_files_in_the_current_directory_are_left_alone(files: dict[str, str], tmp_path: Path) -> None:
    for name, text in files.items():
        (tmp_path / name).write_text(text, "utf-8")
    ran(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {*files, "r"}


def test_the_callers_options_and_plugins_are_left_alone_by_workers_too(tmp_path: Path) -> None:
    (tmp_path / "callers_plugin.py").write_text(BREAKING, "utf-8")
    (tmp_path / "conftest.py").write_text(BREAKING, "utf-8")
    env = {
        "PYTEST_ADDOPTS": "--no-such-option",
        "PYTEST_PLUGINS": "callers_plugin",
        "PYTHONPATH": str(tmp_path),
    }
    ran(tmp_path, "--workers", "2", **env)


@pytest.mark.parametrize("before", [None, "", "yes"])
def test_a_run_in_this_process_leaves_the_environment_as_it_was(
    before: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTEST_ADDOPTS", "--no-such-option")
    monkeypatch.delenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", raising=False)
    if before is not None:
        monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", before)
    judge(arguments=("-k", "test_delete"))
    assert os.environ["PYTEST_ADDOPTS"] == "--no-such-option"
    assert os.environ.get("PYTEST_DISABLE_PLUGIN_AUTOLOAD") == before
