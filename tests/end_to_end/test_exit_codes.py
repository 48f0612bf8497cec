"""The contract's exit codes, each by running the command (0: test_run, 64: test_wrong_usage, 130: test_interrupt)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from osia_conformance.reports import results as results_json
from osia_conformance.run.run_request import prepared
from osia_conformance.run.runner import run_suites
from osia_conformance.run.selection import Selection
from osia_conformance.support import files
from osia_reference.app import create_app
from tests.harness.inprocess import AsgiTransport
from tests.harness.judging import reference, settings
from tests.harness.lab import IgnoresFinalize
from tests.harness.running import JWT_KEY, Report, closed_port, configured, hosted, osia, osia_here

FEW = ("--only", "ENR-FINALIZE", "--effort", "quick")


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> tuple[CompletedProcess[str], Report]:
    directory = tmp_path_factory.mktemp("violating")
    with hosted(create_app(reference(), server=IgnoresFinalize)) as url:
        file = configured(directory, url)
        done = osia("run", "--config", file, *FEW, "--report-dir", directory / "r", env=JWT_KEY)
    return done, Report(directory / "r")


class TestNonconformant:
    def test_a_violating_server_ends_with_1(self, ran: tuple[CompletedProcess[str], Report]) -> None:
        done, report = ran
        assert done.returncode == 1
        assert report.results["verdict"] == "nonconformant"
        assert report.outcomes()["ENR-FINALIZE-01"] == "failed"
        assert all(text in done.stdout for text in ("ENR-FINALIZE-01", "expected", "replay"))
        assert any(" nonconformant: " in line for line in done.stdout.splitlines())

    def test_a_failure_shows_a_curl_line_without_a_token(self, ran: tuple[CompletedProcess[str], Report]) -> None:
        done, report = ran
        failed = next(one for one in report.results["requirements"] if one["id"] == "ENR-FINALIZE-01")
        assert "osia-conformance token --scope" in failed["checks"][0]["curl"]
        assert "eyJ" not in done.stdout + failed["checks"][0]["curl"]


class TestIncomplete:
    def test_an_unreachable_target_leaves_everything_untested(self, tmp_path: Path) -> None:
        file = configured(tmp_path, closed_port())
        done = osia_here("run", "--config", file, "--report-dir", tmp_path / "r", env=JWT_KEY)
        report = Report(tmp_path / "r")
        assert done.returncode == 2
        assert report.results["verdict"] == "incomplete"
        assert set(report.outcomes().values()) == {"untested", "inapplicable"}
        assert (report.results["leftovers"], report.results["exchanges"]) == ([], 1)
        assert "connection refused" in done.stdout
        assert all((tmp_path / "r" / name).is_file() for name in ("report.html", "junit.xml", "evidence.har"))

    def test_without_tokens_what_needs_them_is_untested(self, tmp_path: Path) -> None:
        with hosted(create_app(reference(auth="none"))) as url:
            file = configured(tmp_path, url, '[auth]\nmethod = "none"\n')
            done = osia_here("run", "--config", file, "--effort", "quick", "--report-dir", tmp_path / "r")
        report = Report(tmp_path / "r")
        assert done.returncode == 2
        assert report.results["totals"]["failed"] == 0
        assert {name.split("-")[1] for name in report.open_musts()} == {"SCOPE", "TOKEN"}
        assert any("MUST requirements did not run" in reason for reason in report.results["reasons"])

    def test_a_token_endpoint_that_is_away_leaves_everything_untested(self, tmp_path: Path) -> None:
        away = closed_port()
        auth = (
            f'[auth]\nmethod = "client-credentials"\ntoken-url = "{away}/token"\n'
            'client-id = "suite"\nclient-secret = "env:CLIENT_SECRET"\n'
        )
        file = configured(tmp_path, closed_port(), auth)
        run = ("run", "--config", file, "--report-dir", tmp_path / "r")
        done = osia_here(*run, env={"CLIENT_SECRET": "secret!"})
        report = Report(tmp_path / "r")
        assert done.returncode == 2
        assert report.results["exchanges"] == 0
        assert set(report.outcomes().values()) == {"untested", "inapplicable"}

    def test_a_selection_is_incomplete_at_best(self, tmp_path: Path) -> None:
        done = osia_here("demo", *FEW, "--report-dir", tmp_path / "r")
        results = Report(tmp_path / "r").results
        assert done.returncode == 2
        assert (results["verdict"], results["selection"]) == ("incomplete", True)
        assert results["totals"]["failed"] == 0


def faulty(directory: Path, text: str) -> int:
    """Judge the reference server with one more suite, in this process; return the exit code."""
    suite = directory / "test_faulty.py"
    suite.write_text(text, "utf-8")
    app = create_app(reference())
    transport = AsgiTransport(app)
    chosen = replace(settings(), report_dir=directory / "r")
    run_request = prepared(chosen, transport=transport, write_reports=results_json.write)
    try:
        return run_suites(run_request, arguments=("-k", "faulty or test_delete", str(suite)))
    finally:
        transport.close()
        app.close()


class TestFault:
    CHECK = (
        "from osia_conformance.checks import requirement\n\n\n"
        '@requirement("ENR-READ-01")\n'
        "def test_faulty(enrollments):\n"
    )

    def test_an_error_in_a_check_ends_with_70(self, tmp_path: Path) -> None:
        raising = "    enrollments.created()\n    raise RuntimeError('our own')\n"
        assert faulty(tmp_path, self.CHECK + raising) == 70
        report = Report(tmp_path / "r")
        (check,) = [line for line in report.lines("check") if line["id"] == "faulty/faulty"]
        assert check["outcome"] == "cantTell"
        assert "RuntimeError: our own" in check["reason"]
        assert report.results["verdict"] == "incomplete"
        assert report.results["ending"] == "failed"
        assert report.ledger() == []

    def test_a_check_that_sends_nothing_never_passes(self, tmp_path: Path) -> None:
        assert faulty(tmp_path, self.CHECK + "    pass\n") == 70
        assert Report(tmp_path / "r").outcomes()["ENR-READ-01"] == "cantTell"

    def test_a_fixture_that_is_missing_ends_with_70(self, tmp_path: Path) -> None:
        text = self.CHECK.replace("(enrollments)", "(nobody_made_this)") + "    pass\n"
        assert faulty(tmp_path, text) == 70
        assert "could not" not in str(Report(tmp_path / "r").outcomes()["ENR-READ-01"])
        assert Report(tmp_path / "r").outcomes()["ENR-READ-01"] == "untested"

    def test_a_suite_that_cannot_be_collected_ends_with_70(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("FORCE_COLOR", "1")
        assert faulty(tmp_path, "this is no Python\n") == 70
        results = Report(tmp_path / "r").results
        assert results["ending"] == "failed"
        assert "could not be collected: E   SyntaxError" in " ".join(results["reasons"])

    def test_a_requirement_that_is_not_in_the_register_ends_with_70(self, tmp_path: Path) -> None:
        text = self.CHECK.replace("ENR-READ-01", "ENR-NOBODY-99") + "    pass\n"
        assert faulty(tmp_path, text) == 70

    def test_a_report_that_cannot_be_written_ends_with_70(self, tmp_path: Path) -> None:
        (tmp_path / "r" / "summary.md").mkdir(parents=True)
        done = osia_here("demo", *FEW, "--report-dir", tmp_path / "r")
        assert done.returncode == 70
        assert "summary.md" in done.stdout
        assert Report(tmp_path / "r").results["verdict"] == "incomplete"

    def test_a_body_that_cannot_be_kept_ends_with_70(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def refused(directory: Path) -> None:
            raise PermissionError(13, "Permission denied", str(directory))

        monkeypatch.setattr(files, "make_directory", refused)
        chosen = replace(settings(), report_dir=tmp_path / "r")
        run_request = prepared(
            chosen, transport=AsgiTransport(create_app(reference())), write_reports=results_json.write
        )
        assert run_suites(run_request, selection=Selection(only=("ENR-BUFFER-01",))) == 70
        assert Report(tmp_path / "r").results["ending"] == "failed"
