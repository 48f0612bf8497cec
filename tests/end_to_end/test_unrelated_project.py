"""A project that has nothing to do with OSIA, in an environment where the suite is installed: it notices nothing."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.harness.running import ROOT, ended

PLUGIN = """
import pytest

@pytest.fixture
def settings():
    return "settings of another"

@pytest.fixture
def session():
    return "session of another"
"""

TESTS = """
import gc
import warnings

import pytest


@pytest.mark.requirement("REQ-12")
def test_with_a_requirement_of_its_own(settings):
    assert settings == "settings of another"


@pytest.mark.requirement
def test_with_a_bare_mark(session):
    assert session == "session of another"


def test_a_warning_is_an_error():
    with pytest.raises(UserWarning):
        warnings.warn("of the project", stacklevel=1)


def test_the_garbage_collector_is_as_it_was():
    assert gc.get_threshold()[0] != 20_000


@pytest.mark.requirement("REQ-13")
def test_that_fails():
    raise ValueError
"""

INI = """
[pytest]
addopts = --strict-markers -p plugin_of_another
markers =
    requirement: a requirement of the project
filterwarnings = error
testpaths = suites
pythonpath = .
"""


def pytest_in(place: Path, *options: str, env: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run pytest in a directory with all plugins that are installed, unless `env` says otherwise."""
    path = {"PYTHONPATH": f"{ROOT}:{ROOT / 'reference'}", "OSIA_URL": "http://127.0.0.1:9", **(env or {})}
    return ended([sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *options], path, place)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return the directory of such a project, whose tests lie in a folder `suites`."""
    (tmp_path / "suites" / "unit").mkdir(parents=True)
    (tmp_path / "plugin_of_another.py").write_text(PLUGIN, "utf-8")
    (tmp_path / "pytest.ini").write_text(INI, "utf-8")
    (tmp_path / "suites" / "unit" / "test_of_the_project.py").write_text(TESTS, "utf-8")
    return tmp_path


def outcomes(done: subprocess.CompletedProcess[str]) -> set[str]:
    return {line.partition(" - ")[0] for line in done.stdout.splitlines() if line.startswith(("PASSED ", "FAILED "))}


EXPECTED = {
    "PASSED suites/unit/test_of_the_project.py::test_with_a_requirement_of_its_own",
    "PASSED suites/unit/test_of_the_project.py::test_with_a_bare_mark",
    "PASSED suites/unit/test_of_the_project.py::test_a_warning_is_an_error",
    "PASSED suites/unit/test_of_the_project.py::test_the_garbage_collector_is_as_it_was",
    "FAILED suites/unit/test_of_the_project.py::test_that_fails",
}


@pytest.mark.parametrize("options", [(), ("--pyargs", "./suites"), ("-n", "1")], ids=str)
def test_it_runs_as_without_the_suite(options: tuple[str, ...], project: Path) -> None:
    done = pytest_in(project, "-rA", *options)
    assert (done.returncode, outcomes(done)) == (1, EXPECTED), done.stdout + done.stderr
    assert "4 passed" in done.stdout
    assert "warning" not in done.stdout.splitlines()[-1]
    assert not (project / "reports").exists()


def test_it_has_no_option_fixture_or_mark_of_the_suite(project: Path) -> None:
    for option in ("--markers", "--fixtures"):
        assert "osia" not in pytest_in(project, option).stdout.lower().replace("osia-conformance-", "")
    refused = pytest_in(project, "--osia-seed=1")
    assert (refused.returncode, "unrecognized arguments: --osia-seed=1" in refused.stderr) == (4, True)


def test_it_imports_nothing_of_the_suite_but_what_looks_at_the_arguments(project: Path) -> None:
    (project / "conftest.py").write_text(
        "import sys\n\n"
        "def pytest_sessionfinish():\n"
        "    print('LOADED', sorted(name for name in sys.modules if name.startswith('osia_conformance')))\n",
        "utf-8",
    )
    done = pytest_in(project, "-s")
    assert "LOADED ['osia_conformance', 'osia_conformance.run', 'osia_conformance.run.entry_point']" in done.stdout


def test_beside_the_plugin_its_marks_warnings_and_fixtures_stay_its_own(project: Path) -> None:
    (project / "conftest.py").write_text(
        'pytest_plugins = ["osia_conformance.run.plugin"]\n\nfrom plugin_of_another import session, settings\n', "utf-8"
    )
    done = pytest_in(project, "-rA")
    assert (done.returncode, outcomes(done)) == (1, EXPECTED), done.stdout + done.stderr
    assert not (project / "reports").exists()
