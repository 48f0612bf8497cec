"""The contract's exit codes, each by running the command (0 is in test_run, 130 in test_interrupt)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from osia_conformance.handover import prepared
from osia_conformance.inprocess import AsgiTransport
from osia_conformance.reports import results as results_json
from osia_conformance.runner import run_suites
from osia_conformance.versions import newest
from osia_reference.app import Server, create_app
from osia_reference.calls import Call
from osia_reference.replies import Reply
from osia_reference.settings import ServerSettings
from tests.judging import reference, settings
from tests.running import (
    JWT,
    JWT_KEY,
    ROOT,
    Report,
    closed_port,
    configured,
    hosted,
    osia,
    osia_here,
    served,
    suites_by_pytest,
)

ALONE = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
"""pytest without what is installed beside it, which takes its time; some tests have it all."""
FEW = ("--only", "ENR-FINALIZE", "--effort", "quick")


class IgnoresFinalize(Server):
    """Answers finalizeEnrollment and does nothing."""

    async def finalize_enrollment(self, call: Call) -> Reply:
        self.enrollments.read(self.enrollment_id(call))
        return self.success(call)


def refused(done: Any, *words: str) -> str:
    """Assert that the command ended as wrong usage, with one sentence on stderr; return it."""
    assert done.returncode == 64, done.stdout + done.stderr
    sentence = done.stderr.strip()
    assert len(sentence.splitlines()) == 1, sentence
    assert all(word in sentence for word in words), sentence
    return str(sentence)


class TestNonconformant:
    def test_a_violating_server_ends_with_1(self, tmp_path: Path) -> None:
        with hosted(create_app(reference(), server=IgnoresFinalize)) as url:
            file = configured(tmp_path, url)
            done = osia("run", "--config", file, *FEW, "--report-dir", tmp_path / "r", env=JWT_KEY)
        report = Report(tmp_path / "r")
        assert done.returncode == 1
        assert report.results["verdict"] == "nonconformant"
        assert report.outcomes()["ENR-FINALIZE-01"] == "failed"
        assert all(text in done.stdout for text in ("ENR-FINALIZE-01", "expected", "actual", "curl"))
        assert "nonconformant" in done.stdout.splitlines()

    def test_a_failure_shows_a_curl_line_without_a_token(self, tmp_path: Path) -> None:
        with hosted(create_app(reference(), server=IgnoresFinalize)) as url:
            file = configured(tmp_path, url)
            done = osia("run", "--config", file, *FEW, "--report-dir", tmp_path / "r", env=JWT_KEY)
        assert "osia-conformance token --scope" in done.stdout
        assert "eyJ" not in done.stdout


class TestIncomplete:
    def test_an_unreachable_target_leaves_everything_untested(self, tmp_path: Path) -> None:
        file = configured(tmp_path, closed_port())
        done = osia("run", "--config", file, "--report-dir", tmp_path / "r", env=JWT_KEY)
        report = Report(tmp_path / "r")
        assert done.returncode == 2
        assert report.results["verdict"] == "incomplete"
        assert set(report.outcomes().values()) == {"untested", "inapplicable"}
        assert (report.results["leftovers"], report.results["exchanges"]) == ([], 1)
        assert "connection refused" in done.stdout
        assert all((tmp_path / "r" / name).is_file() for name in ("report.html", "junit.xml", "evidence.har"))

    def test_without_tokens_what_needs_them_is_untested(self, tmp_path: Path) -> None:
        with served("--no-auth") as url:
            file = configured(tmp_path, url, '[auth]\nmethod = "none"\n')
            done = osia("run", "--config", file, "--effort", "quick", "--report-dir", tmp_path / "r")
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
        done = osia("run", "--config", file, "--report-dir", tmp_path / "r", env={"CLIENT_SECRET": "secret!"})
        report = Report(tmp_path / "r")
        assert done.returncode == 2
        assert report.results["exchanges"] == 0
        assert set(report.outcomes().values()) == {"untested", "inapplicable"}

    def test_a_selection_is_incomplete_at_best(self, tmp_path: Path) -> None:
        done = osia("run", *FEW, "--report-dir", tmp_path / "r")
        results = Report(tmp_path / "r").results
        assert done.returncode == 2
        assert (results["verdict"], results["selection"]) == ("incomplete", True)
        assert results["totals"]["failed"] == 0


class TestWrongUsage:
    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            (("run", "--sed", "1"), ("--sed",)),
            (("run", "--effort", "some"), ("--effort", "quick")),
            (("run", "--seed", "x"), ("--seed", "x")),
            (("run", "--seed", "-1"), ("--seed",)),
            (("run", "--workers", "0"), ("--workers",)),
            (("run", "--url", "ftp://host"), ("--url",)),
            (("run", "--config", "nowhere.toml"), ("--config", "nowhere.toml")),
            (("run", "--url", "http://host", "--interface-version", "7.7"), ("7.7", "1.0.0", "osia-4.1")),
            (("run", "--url", "http://host", "--interface-version", "osia-99"), ("osia-99",)),
            ((), ("COMMAND",)),
            (("judge",), ("judge", "run")),
            (("serve", "--port", "many"), ("--port", "many")),
            (("token",), ("--scope",)),
            (("requirements", "--format", "xml"), ("--format", "xml")),
            (("cleanup",), ("DIR",)),
        ],
        ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
    )
    def test_wrong_arguments_are_one_sentence(self, arguments: tuple[str, ...], words: tuple[str, ...]) -> None:
        refused(osia_here(*arguments), *words)

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ('[target]\nurll = "http://h"\n', ("target", "urll", "url")),
            ('[targets]\nurl = "http://h"\n', ("targets", "target")),
            ("[target]\nurl = 5\n", ("target.url",)),
            ('[target]\ntimeout = "soon"\n', ("target.timeout",)),
            ("[target\n", ("TOML", "line 1")),
            ('[auth]\nmethod = "jwt"\nalgorithm = "HS256"\nkey = "the key itself"\n', ("auth.key", "env:")),
            ('[auth]\nmethod = "jwt"\nalgorithm = "HS256"\nkey = "env:NOT_SET"\n', ("auth.key", "NOT_SET")),
            ('[auth]\nmethod = "jwt"\nalgorithm = "HS265"\nkey = "env:KEY"\n', ("auth.algorithm", "HS256")),
            ('[auth]\nmethod = "password"\n', ("auth.method", "static")),
            (
                '[target]\nurl = "http://h"\n[target.headers]\nX-Api-Key = "env:NOT_SET"\n',
                ("target.headers", "X-Api-Key", "NOT_SET"),
            ),
        ],
    )
    def test_a_wrong_file_is_one_sentence_that_names_it(
        self, text: str, words: tuple[str, ...], tmp_path: Path
    ) -> None:
        file = tmp_path / "conformance.toml"
        file.write_text(text, "utf-8")
        sentence = refused(osia_here("run", "--report-dir", "r", cwd=tmp_path), "conformance.toml", *words)
        assert "the key itself" not in sentence
        assert not (tmp_path / "r").exists()

    @pytest.mark.parametrize(
        ("tables", "word"),
        [
            ('[auth]\nmethod = "jwt"\nalgorithm = "RS256"\nkey = "env:KEY"\n', "RSA"),
            ('ca-file = "conformance.toml"\n', "ca-file"),
        ],
        ids=["a key that does not suit", "a CA file without certificates"],
    )
    def test_what_turns_out_wrong_at_the_start_leaves_nothing_behind(
        self, tables: str, word: str, tmp_path: Path
    ) -> None:
        file = configured(tmp_path, "https://127.0.0.1:1", tables)
        done = osia_here("run", "--config", file, "--report-dir", tmp_path / "r", env={"KEY": "no private key"})
        assert "no private key" not in refused(done, word)
        assert not (tmp_path / "r").exists()

    @pytest.mark.parametrize("name", ["journal.jsonl", "results.json", "report.html"])
    def test_a_directory_that_holds_a_report_is_refused(self, name: str, tmp_path: Path) -> None:
        (tmp_path / "r").mkdir()
        (tmp_path / "r" / name).write_text("of another run", "utf-8")
        refused(osia_here("run", "--report-dir", tmp_path / "r"), "--report-dir", "another directory")
        assert (tmp_path / "r" / name).read_text("utf-8") == "of another run"
        assert len(list((tmp_path / "r").iterdir())) == 1

    def test_a_file_in_place_of_the_directory_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "r").write_text("plain", "utf-8")
        refused(osia_here("run", "--report-dir", tmp_path / "r"), "--report-dir", "a file")
        refused(osia("run", "--report-dir", tmp_path / "r" / "below"), "--report-dir")

    def test_with_workers_a_refusal_is_the_same_sentence(self, tmp_path: Path) -> None:
        (tmp_path / "r").mkdir()
        (tmp_path / "r" / "results.json").write_text("{}", "utf-8")
        done = osia("run", "--workers", 2, "--report-dir", tmp_path / "r")
        refused(done, "--report-dir", "another directory")

    def test_a_target_without_a_version_is_probed(self, tmp_path: Path) -> None:
        app = create_app(reference())
        with hosted(app) as url:
            file = tmp_path / "conformance.toml"
            file.write_text(f'[target]\nurl = "{url}"\n{JWT}', "utf-8")
            done = osia("run", cwd=tmp_path, env=JWT_KEY)
            assert list(app.enrollments.store.find([])) == []
        assert refused(done).endswith("looks like 1.0.x; say --interface-version")
        assert not (tmp_path / "reports").exists()

    def test_a_target_that_cannot_be_probed_is_said_to_be_so(self) -> None:
        refused(osia("run", "--url", closed_port()), "--interface-version", "connection refused")


def faulty(directory: Path, text: str) -> int:
    """Judge the reference server with one more suite, in this process; return the exit code."""
    suite = directory / "test_faulty.py"
    suite.write_text(text, "utf-8")
    app = create_app(reference())
    transport = AsgiTransport(app)
    chosen = replace(settings(), report_dir=directory / "r")
    handover = prepared(chosen, transport=transport, write_reports=results_json.write)
    try:
        return run_suites(handover, arguments=("-k", "faulty or test_delete", str(suite)))
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

    def test_a_suite_that_cannot_be_collected_ends_with_70(self, tmp_path: Path) -> None:
        assert faulty(tmp_path, "this is no Python\n") == 70
        results = Report(tmp_path / "r").results
        assert results["ending"] == "failed"
        assert "could not be collected: E   SyntaxError" in " ".join(results["reasons"])

    def test_a_requirement_that_is_not_in_the_register_ends_with_70(self, tmp_path: Path) -> None:
        text = self.CHECK.replace("ENR-READ-01", "ENR-NOBODY-99") + "    pass\n"
        assert faulty(tmp_path, text) == 70

    def test_a_report_that_cannot_be_written_ends_with_70(self, tmp_path: Path) -> None:
        (tmp_path / "r" / "summary.md").mkdir(parents=True)
        done = osia("run", *FEW, "--report-dir", tmp_path / "r")
        assert done.returncode == 70
        assert "summary.md" in done.stdout
        assert Report(tmp_path / "r").results["verdict"] == "incomplete"

    def test_a_body_that_cannot_be_kept_ends_with_70(self, tmp_path: Path) -> None:
        (tmp_path / "r").mkdir()
        (tmp_path / "r" / "bodies").write_text("in the way", "utf-8")
        done = osia("run", "--only", "ENR-BUFFER-01", "--effort", "quick", "--report-dir", tmp_path / "r")
        assert done.returncode == 70
        assert Report(tmp_path / "r").results["ending"] == "failed"


class TestPlainPytest:
    """`pytest suites`, from a checkout."""

    @staticmethod
    def env(directory: Path, **more: str) -> Mapping[str, str]:
        return {"OSIA_REPORT_DIR": str(directory / "r"), "OSIA_EFFORT": "quick", **more}

    def test_a_conformant_server_gives_0(self, tmp_path: Path) -> None:
        done = suites_by_pytest("suites", "-q", env=self.env(tmp_path))
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
        done = suites_by_pytest(*arguments, "-q", env=self.env(tmp_path, **ALONE))
        results = Report(tmp_path / "r").results
        assert done.returncode == 2
        assert (results["selection"], results["verdict"]) == (True, "incomplete")
        assert results["totals"]["failed"] == 0

    def test_an_unreachable_target_gives_2(self, tmp_path: Path) -> None:
        env = self.env(tmp_path, OSIA_URL=closed_port(), OSIA_INTERFACE_VERSION="1.0.0", **ALONE)
        assert suites_by_pytest("suites", "-q", env=env).returncode == 2
        assert set(Report(tmp_path / "r").outcomes().values()) == {"untested", "inapplicable"}

    def test_options_win_over_the_environment(self, tmp_path: Path) -> None:
        env = self.env(tmp_path, OSIA_URL=closed_port(), OSIA_INTERFACE_VERSION="7.7", OSIA_SEED="1", **ALONE)
        url = closed_port()
        options = (f"--osia-url={url}", "--osia-interface-version=1.0.0", "--osia-seed=2")
        suites_by_pytest("suites", "-q", *options, env=env)
        results = Report(tmp_path / "r").results
        assert (results["target"]["url"], results["seed"], results["effort"]) == (url, 2, "quick")

    def test_workers_are_started_as_they_are_asked_for(self, tmp_path: Path) -> None:
        env = self.env(tmp_path, OSIA_WORKERS="2")
        done = suites_by_pytest("suites", "-q", "-k", "test_patch", env=env)
        assert done.returncode == 2
        assert Report(tmp_path / "r").results["workers"] == 2
        assert {line["worker"] for line in Report(tmp_path / "r").lines("check")} == {"gw0", "gw1"}

    def test_wrong_settings_are_pytests_usage_error(self, tmp_path: Path) -> None:
        for env in ({"OSIA_TIMEOUT": "soon"}, {"OSIA_URL": "http://h", "OSIA_INTERFACE_VERSION": "7.7"}):
            done = suites_by_pytest("suites", "-q", env=self.env(tmp_path, **env, **ALONE))
            assert done.returncode == 4
            assert "ERROR: " in done.stderr
        assert not (tmp_path / "r").exists()

    def test_a_report_directory_in_use_is_pytests_usage_error(self, tmp_path: Path) -> None:
        (tmp_path / "r").mkdir()
        (tmp_path / "r" / "results.json").write_text("{}", "utf-8")
        done = suites_by_pytest("suites", "-q", env=self.env(tmp_path, **ALONE))
        assert (done.returncode, "already holds a report" in done.stderr) == (4, True)

    def test_tests_of_another_kind_start_no_run(self, tmp_path: Path) -> None:
        done = suites_by_pytest("tests/test_ids.py", "-q", env=self.env(tmp_path, **ALONE))
        assert done.returncode == 0
        assert not (tmp_path / "r").exists()


def test_the_checkout_is_what_runs_here() -> None:
    shown = json.loads(osia("requirements", "--format", "json").stdout)
    assert shown["interfaceVersion"] == newest()
    assert (ROOT / "suites").is_dir()
    assert isinstance(reference(), ServerSettings)
