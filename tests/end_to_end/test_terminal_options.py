"""--exclude and --fail-fast: what is left out is named, and a run stops after so many failed requirements."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from osia_conformance.run.selection import Selection
from osia_conformance.support.secrets import ConfigurationError
from osia_reference.app import create_app
from tests.harness import lab
from tests.harness.judging import judge, reference, settings
from tests.harness.running import JWT_KEY, Report, configured, osia_here, served

SOME = tuple(f"--osia-only=ENR-{name}" for name in ("DELETE", "FINALIZE"))


def test_what_is_excluded_is_not_judged() -> None:
    judged = judge(arguments=("--osia-only=ENR-DELETE", "--osia-exclude=ENR-DELETE-01"))
    assert judged.requirement("ENR-DELETE-01")["outcome"] == "untested"
    assert judged.requirement("ENR-DELETE-02")["outcome"] == "passed"
    assert "only a selection of the checks was run" in judged.results["reasons"]


def test_an_unknown_id_to_exclude_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="--exclude: no requirement is named"):
        Selection(excluded=("ENR-DELET-01",)).verify()


@pytest.mark.parametrize("most", [1, 1000])
def test_a_run_stops_after_so_many_failed_requirements(most: int) -> None:
    app = create_app(reference(), server=lab.IgnoresFinalize, enrollments=lab.KeepsTheRecord)
    judged = judge(app, run=replace(settings(), fail_fast=most), arguments=SOME)
    failed = len(judged.outcomes("failed"))
    assert judged.exit_code == 1
    assert (failed == 1) == (most == 1)
    told = any("(fail-fast)" in reason for reason in judged.results["reasons"])
    assert told == (most == 1)


def test_workers_stop_too(tmp_path: Path) -> None:
    with served("--no-auth") as url:
        more = ("--report-dir", tmp_path / "r", "--only", "ENR-TOKEN", "--effort", "quick")
        file = configured(tmp_path, url)
        done = osia_here("run", "--config", file, "--workers", 2, "--fail-fast", 1, *more, env=JWT_KEY)
    assert done.returncode == 1, done.stdout + done.stderr
    assert any("(fail-fast)" in reason for reason in Report(tmp_path / "r").results["reasons"])


@pytest.mark.parametrize("given", [("--fail-fast", "0"), ("--color", "blue"), ("-v", "-q"), ("--wait-for", "-1")])
def test_options_that_cannot_be_meant_are_refused(given: tuple[str, ...]) -> None:
    done = osia_here("run", "--url", "http://127.0.0.1:1", "--interface-version", "1.0.0", *given)
    assert done.returncode == 64
    assert done.stderr


def test_requirements_can_be_chosen() -> None:
    listed = osia_here("requirements", "--operation", "deleteEnrollment", "--only", "ENR-DELETE").stdout.splitlines()
    assert {line.split()[0][:11] for line in listed} == {"ENR-DELETE-"}
    assert osia_here("requirements", "--operation", "dropEnrollment").returncode == 64
