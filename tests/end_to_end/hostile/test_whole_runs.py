"""Whole runs against every hostile target: bounded, with the right verdict, a whole report and no traceback."""

from __future__ import annotations

import itertools
import json
import re
import xml.etree.ElementTree as ET
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from osia_conformance import reports
from osia_conformance.run.run_request import RunRequest, prepared
from osia_conformance.run.runner import run_suites
from osia_conformance.run.selection import Selection
from osia_conformance.run.terminal import on_terminal
from osia_conformance.support.text import UNSAFE
from osia_conformance.verdict import schemas
from osia_reference.app import create_app
from tests.end_to_end.hostile.answers import spoiled
from tests.end_to_end.hostile.cases import CASES, SOME, SUCCESS, Case
from tests.end_to_end.hostile.certificates import authority
from tests.end_to_end.hostile.targets import Target, always, changed, message, plain, through
from tests.harness.interface_versions import NEWEST
from tests.harness.judging import reference, settings
from tests.harness.running import JWT_KEY, Gate, Report, closed_port, configured, hosted, left_on, osia_here

FILES = re.compile(
    r"(journal\.jsonl|results\.json|report\.html|summary\.md|junit\.xml|evidence\.har"
    r"|repro|repro/[0-9A-Z-]+\.sh|bodies|bodies/[0-9a-f]{64}|curl|curl/[0-9a-f]{64}"
    r"|allure-results|allure-results/[0-9A-Za-z-]+\.[a-z]+)"
)
"""What a report may hold: no name that a target has a say in."""


def judge(directory: Path, url: str, few: tuple[str, ...] = (), **target: Any) -> RunRequest:
    """Judge a target into `directory`, with every report."""
    run = replace(settings(url=url, **target), report_dir=directory)
    run_request = prepared(run, write_reports=reports.write_all, progress=on_terminal())
    run_suites(run_request, selection=Selection(only=few))
    return run_request


def whole_report(directory: Path) -> dict[str, Any]:
    """Return results.json, once every file of the report is whole and holds nothing that steers its reader."""
    report = Report(directory)
    for record in report.records:
        schemas.validate_record(record)
    schemas.validate(report.results)
    ET.parse(directory / "junit.xml")
    json.loads((directory / "evidence.har").read_bytes())
    names = {path.relative_to(directory).as_posix() for path in directory.rglob("*")}
    assert not [name for name in names if not FILES.fullmatch(name)]
    page = (directory / "report.html").read_text("utf-8")
    assert page.rstrip().endswith("</html>")
    assert "<img" not in page
    assert page.count("<script") == 1
    for name in ("report.html", "summary.md", "junit.xml"):
        assert not UNSAFE.search((directory / name).read_text("utf-8")), name
    return report.results


def spoken(results: dict[str, Any]) -> str:
    """Return all that the results say in words."""
    reasons = [str(check["reason"]) for entry in results["requirements"] for check in entry["checks"]]
    return "\n".join([*results["reasons"], *reasons])


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_hostile_target_is_judged(case: Case, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with ExitStack() as stack:
        script = stack.enter_context(case.serve())
        target = stack.enter_context(Target(script, case.tls() if case.tls else None))
        tls = {"ca_file": authority(tmp_path)} if case.tls and case.trusted else {}
        run_request = judge(tmp_path / "r", target.url, case.few, **{**case.target, **tls})
    results = whole_report(tmp_path / "r")
    # Of a selection, which tests run to be quick, nothing is conformant.
    verdict = "incomplete" if case.verdict == "conformant" else case.verdict
    assert results["verdict"] == verdict, results["reasons"]
    assert run_request.exit_code == {"incomplete": 2, "nonconformant": 1}[verdict]
    assert case.says in spoken(results)
    if case.verdict == "conformant":
        assert not any(entry["outcome"] in ("failed", "cantTell") for entry in results["requirements"])
    said = capsys.readouterr()
    assert "Traceback" not in said.out + said.err
    assert not UNSAFE.search(said.out)
    assert sorted(path.name for path in tmp_path.iterdir()) in (["r"], ["ca.pem", "r"])


def test_a_target_that_refuses_is_judged(tmp_path: Path) -> None:
    run_request = judge(tmp_path / "r", closed_port())
    results = whole_report(tmp_path / "r")
    assert (run_request.exit_code, results["verdict"], results["ending"]) == (2, "incomplete", "target lost")
    assert "connection refused" in results["reasons"][0]
    assert results["retries"]["connections"] == 1


def test_a_redirect_is_never_followed(tmp_path: Path) -> None:
    with ExitStack() as stack:
        elsewhere = stack.enter_context(Target(stack.enter_context(always(message("200 OK", (), b""))())))
        redirect = message("307 X", (("Location", f"{elsewhere.url}/v1/enrollments/x"),), b"")
        target = stack.enter_context(Target(stack.enter_context(always(redirect)())))
        judge(tmp_path / "r", target.url, ("ENR-DONE-01",))
    results = whole_report(tmp_path / "r")
    assert elsewhere.connections == 0
    assert results["verdict"] == "nonconformant"
    assert "--location" not in json.dumps(results)


def test_a_target_that_throttles_now_and_then_is_judged_to_the_end(tmp_path: Path) -> None:
    numbers = itertools.count()

    def throttled() -> bytes:
        number = next(numbers)
        return message(f"{429 if number % 2 else 503} X", (("Retry-After", "0"),), b"") if number % 5 == 3 else b""

    with ExitStack() as stack:
        target = stack.enter_context(Target(stack.enter_context(through(plain, throttled)())))
        judge(tmp_path / "r", target.url, SOME)
    results = whole_report(tmp_path / "r")
    outcomes = {entry["outcome"] for entry in results["requirements"] if entry["id"].startswith(SOME)}
    assert outcomes == {"passed"}
    assert any("which was waited for" in entry["text"] for entry in results["observations"])


def test_a_run_whose_time_is_up_ends_in_the_middle_of_a_call(tmp_path: Path) -> None:
    gate = Gate(create_app(reference()), "PATCH")
    with hosted(gate) as url:
        run_request = judge(tmp_path / "r", url, SUCCESS, timeout=600, max_time=4)
        assert gate.held == 1
        assert left_on(gate.app) == []
    results = whole_report(tmp_path / "r")
    assert (run_request.exit_code, results["verdict"], results["leftovers"]) == (2, "incomplete", [])
    assert "the run's time was up (max-time 4 s)" in spoken(results)
    assert {"passed", "untested"} <= {entry["outcome"] for entry in results["requirements"]}


def test_so_do_workers_and_proxies_of_the_environment_are_not_asked(tmp_path: Path) -> None:
    nobody = {name: closed_port() for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY", "all_proxy")}
    gate = Gate(create_app(reference()), "PATCH")
    with hosted(gate) as url:
        file = configured(tmp_path, url, timeout=600)
        # Soon both workers wait, and nothing is left to judge beside them.
        few = ("--only", "ENR-DONE-01", "ENR-PATCH")
        more = ("--workers", 2, "--max-time", 6, "--report-dir", tmp_path / "r", *few)
        done = osia_here("run", "--config", file, *more, env={**JWT_KEY, **nobody, "NO_PROXY": "", "no_proxy": ""})
        assert left_on(gate.app) == []
    report = Report(tmp_path / "r")
    results = whole_report(tmp_path / "r")
    assert (done.returncode, results["verdict"], results["leftovers"]) == (2, "incomplete", [])
    assert "the run's time was up (max-time 6 s)" in spoken(results)
    calls = [line for line in report.lines("exchange") if line["operation"] != "partialUpdateEnrollment"]
    assert calls
    assert all(line["response"] for line in calls)
    assert results["retries"]["connections"] == 0


def test_what_later_versions_read_of_an_answer_is_mistrusted_as_well(tmp_path: Path) -> None:
    serve = through(changed(spoiled), buffers=False, version=NEWEST)
    protected = ("ENR-INTEGRITY", "ENR-ENCRYPTION", "ENR-CREDENTIAL", "ENR-BUFFER", "ENR-PAGE-01", "ENR-DIGEST")
    with ExitStack() as stack:
        target = stack.enter_context(Target(stack.enter_context(serve())))
        judge(tmp_path / "r", target.url, protected, interface_version=NEWEST)
    results = whole_report(tmp_path / "r")
    assert (results["ending"], results["interfaceVersion"]) == ("complete", NEWEST)
    judged = [entry["outcome"] for entry in results["requirements"] if entry["id"].startswith(protected)]
    assert {"failed", "cantTell"} <= set(judged)
    assert "untested" not in judged
