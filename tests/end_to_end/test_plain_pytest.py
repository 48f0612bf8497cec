"""`pytest suites`, from a checkout: the suite's exit codes, and pytest's own for its own errors."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from osia_reference.app import create_app
from tests.harness.judging import reference
from tests.harness.lab import IgnoresFinalize
from tests.harness.running import (
    ALONE,
    JWT_KEY,
    ROOT,
    Report,
    closed_port,
    configured,
    ended,
    hosted,
    served,
    suites_by_pytest,
)

DEMO = "--osia-demo"


class TestPlainPytest:
    @staticmethod
    def env(directory: Path, **more: str) -> Mapping[str, str]:
        return {"OSIA_REPORT_DIR": str(directory / "r"), "OSIA_EFFORT": "quick", **more}

    def test_a_conformant_server_gives_0(self, tmp_path: Path) -> None:
        done = suites_by_pytest("suites", "-q", DEMO, env=self.env(tmp_path))
        assert Report(tmp_path / "r").open_musts() == {}
        assert done.returncode == 0

    def test_a_violating_server_gives_1(self, tmp_path: Path) -> None:
        with hosted(create_app(reference(), server=IgnoresFinalize)) as url:
            env = {**self.env(tmp_path), **ALONE, "OSIA_CONFIG": str(configured(tmp_path, url)), **JWT_KEY}
            done = suites_by_pytest("suites", "-q", "-k", "test_finalize", env=env)
        assert done.returncode == 1
        assert Report(tmp_path / "r").results["verdict"] == "nonconformant"

    @pytest.mark.parametrize(
        "arguments",
        [("suites/enrollment/test_patch.py",), ("suites", "-k", "test_patch")],
        ids=["a file", "a keyword"],
    )
    def test_a_part_gives_2(self, arguments: tuple[str, ...], tmp_path: Path) -> None:
        done = suites_by_pytest(*arguments, "-q", DEMO, env=self.env(tmp_path, **ALONE))
        results = Report(tmp_path / "r").results
        assert done.returncode == 2
        assert (results["selection"], results["verdict"]) == (True, "incomplete")
        assert results["totals"]["failed"] == 0

    def test_an_unreachable_target_gives_2(self, tmp_path: Path) -> None:
        env = self.env(tmp_path, OSIA_URL=closed_port(), OSIA_INTERFACE_VERSION="1.0.0", **ALONE)
        assert suites_by_pytest("suites", "-q", env=env).returncode == 2
        assert set(Report(tmp_path / "r").outcomes().values()) == {"untested", "inapplicable"}

    def test_options_win_over_the_environment(self, tmp_path: Path) -> None:
        env = self.env(tmp_path, OSIA_URL=closed_port(), OSIA_INTERFACE_VERSION="1.3.0", OSIA_SEED="1", **ALONE)
        url = closed_port()
        options = (f"--osia-url={url}", "--osia-interface-version=1.0.0", "--osia-seed=2")
        suites_by_pytest("suites", "-q", *options, env=env)
        results = Report(tmp_path / "r").results
        assert (results["target"]["url"], results["seed"], results["effort"]) == (url, 2, "quick")
        assert results["interfaceVersion"] == "1.0.0"

    def test_workers_are_started_as_they_are_asked_for(self, tmp_path: Path) -> None:
        env = self.env(tmp_path, OSIA_WORKERS="2", **ALONE)
        done = suites_by_pytest("suites", "-q", DEMO, "-k", "test_patch", env=env)
        assert done.returncode == 2
        assert Report(tmp_path / "r").results["workers"] == 2
        assert {line["worker"] for line in Report(tmp_path / "r").lines("check")} == {"t1", "t2"}

    def test_processes_are_started_as_pytest_is_told(self, tmp_path: Path) -> None:
        processes = ("-p", "xdist", "-n", "2")
        env = self.env(tmp_path, **ALONE)
        done = suites_by_pytest("suites/enrollment/test_delete.py", "-q", DEMO, *processes, env=env)
        assert done.returncode == 2
        assert Report(tmp_path / "r").results["workers"] == 2
        assert {line["worker"] for line in Report(tmp_path / "r").lines("check")} == {"gw0", "gw1"}

    @pytest.mark.parametrize("env", [{}, {"OSIA_URL": ""}], ids=["no variable", "an empty one"])
    def test_without_a_target_it_is_pytests_usage_error(self, env: dict[str, str], tmp_path: Path) -> None:
        done = suites_by_pytest("suites", "-q", env=self.env(tmp_path, **env, **ALONE))
        assert (done.returncode, "--osia-demo" in done.stderr) == (4, True)
        assert not (tmp_path / "r").exists()

    def test_suites_of_another_place_are_judged_once_whatever_the_workers(self, tmp_path: Path) -> None:
        shutil.copytree(ROOT / "suites", tmp_path / "suites")
        shutil.copy(ROOT / "conftest.py", tmp_path)
        (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = --import-mode=importlib\n", "utf-8")
        (tmp_path / "conformance.toml").write_text('[target]\ninterface-version = "1.0.0"\n', "utf-8")
        options = ("-q", "-p", "xdist", "-n", "2", "-k", "test_delete", "--osia-url")
        line = [sys.executable, "-P", "-m", "pytest", "suites", *options]
        path = {"PYTHONPATH": f"{ROOT}:{ROOT / 'reference'}"}
        with served("--no-auth") as url:
            done = ended([*line, url], {"OSIA_EFFORT": "quick", **path, **ALONE}, tmp_path)
        assert done.returncode == 2, done.stdout
        (report,) = (tmp_path / "reports").iterdir()
        results = Report(report).results
        assert (results["interfaceVersion"], results["workers"], results["totals"]["failed"]) == ("1.0.0", 2, 0)

    def test_two_numbers_of_workers_are_pytests_usage_error(self, tmp_path: Path) -> None:
        done = suites_by_pytest("suites", DEMO, "-n", "2", "--osia-workers", "3", env=self.env(tmp_path))
        assert (done.returncode, "--osia-workers: 3 workers" in done.stderr) == (4, True)

    def test_collecting_starts_nothing(self, tmp_path: Path) -> None:
        (tmp_path / "conformance.toml").write_text('[target]\ninterface-version = "1.0.0"\n', "utf-8")
        env = self.env(tmp_path, OSIA_CONFIG=str(tmp_path / "conformance.toml"), OSIA_URL=closed_port(), **ALONE)
        done = suites_by_pytest("suites", "-q", "--collect-only", env=env)
        assert done.returncode == 0, done.stdout
        assert "test_delete.py" in done.stdout
        assert "test_integrity.py" not in done.stdout
        assert [path.name for path in tmp_path.iterdir()] == ["conformance.toml"]

    def test_a_warning_of_another_plugin_is_no_fault(self, tmp_path: Path) -> None:
        (tmp_path / "warning_plugin.py").write_text(
            "import warnings\ndef pytest_runtest_setup(item):\n    warnings.warn('of another plugin')\n", "utf-8"
        )
        env = self.env(tmp_path, PYTHONPATH=f"{tmp_path}:{ROOT}:{ROOT / 'reference'}", **ALONE)
        done = suites_by_pytest("suites", DEMO, "-q", "-p", "warning_plugin", "-k", "test_delete", env=env)
        assert done.returncode == 2, done.stdout
        assert Report(tmp_path / "r").results["totals"]["failed"] == 0

    def test_wrong_settings_are_pytests_usage_error(self, tmp_path: Path) -> None:
        for env in ({"OSIA_TIMEOUT": "soon"}, {"OSIA_URL": "http://h", "OSIA_INTERFACE_VERSION": "7.7"}):
            done = suites_by_pytest("suites", "-q", env=self.env(tmp_path, **env, **ALONE))
            assert done.returncode == 4
            assert "ERROR: " in done.stderr
        assert not (tmp_path / "r").exists()

    def test_a_report_directory_in_use_is_pytests_usage_error(self, tmp_path: Path) -> None:
        (tmp_path / "r").mkdir()
        (tmp_path / "r" / "results.json").write_text("{}", "utf-8")
        done = suites_by_pytest("suites", "-q", DEMO, env=self.env(tmp_path, **ALONE))
        assert (done.returncode, "already holds a report" in done.stderr) == (4, True)

    def test_tests_of_another_kind_start_no_run(self, tmp_path: Path) -> None:
        done = suites_by_pytest("tests/unit/support/test_ids.py", "-q", env=self.env(tmp_path, **ALONE))
        assert done.returncode == 0
        assert not (tmp_path / "r").exists()
