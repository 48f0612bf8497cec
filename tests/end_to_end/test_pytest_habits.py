"""`pytest suites` with the options and plugins that people know: each does what it does elsewhere, and a part of the
checks is incomplete at best."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from osia_reference.app import create_app
from tests.harness.judging import reference
from tests.harness.lab import BROKEN
from tests.harness.running import JWT_KEY, Report, configured, hosted, suites_by_pytest

ALLURE = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_PLUGINS": "allure_pytest.plugin"}


@pytest.fixture(scope="module")
def broken() -> Iterator[str]:
    """The URL of a server that answers a delete and deletes nothing."""
    with hosted(create_app(reference(), **BROKEN)) as url:
        yield url


def environment_of(place: Path, url: str, **more: str) -> Mapping[str, str]:
    # What this server keeps is found at once, and waited for in vain.
    file = configured(place, url, visible_within=0.5)
    told = {"OSIA_CONFIG": str(file), "OSIA_REPORT_DIR": str(place / "r"), "OSIA_EFFORT": "quick"}
    return {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", **told, **JWT_KEY, **more}


def allure_results(place: Path) -> dict[str, dict[str, Any]]:
    """Return allure-pytest's results by the requirement and the check."""
    loaded = [json.loads(path.read_text("utf-8")) for path in place.glob("*-result.json")]
    return {f"{labels(each)['requirement']} {parameters(each)['check']}": each for each in loaded}


def labels(result: Mapping[str, Any]) -> dict[str, str]:
    return {label["name"]: label["value"] for label in result["labels"]}


def parameters(result: Mapping[str, Any]) -> dict[str, str]:
    return {one["name"]: one["value"].strip("'") for one in result["parameters"]}


WAYS: tuple[tuple[str, ...], ...] = (
    (),
    ("-p", "allure_pytest", "-p", "xdist", "-n", "2"),
    ("-p", "allure_pytest", "--osia-workers", "2"),
)


@pytest.mark.parametrize("workers", WAYS, ids=["one", "processes", "threads"])
def test_allure_pytest_is_told_what_each_check_is(workers: tuple[str, ...], broken: str, tmp_path: Path) -> None:
    # Alone with all that is installed; workers, which load it each, with what they need.
    plugins = {} if workers else {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": ""}
    options = ("-q", "-k", "test_delete", "--alluredir", tmp_path / "al", *workers)
    links = ("--allure-link-pattern", "requirement:https://docs.example.org/{}.html")
    done = suites_by_pytest("suites", *options, *links, env=environment_of(tmp_path, broken, **plugins))
    assert done.returncode == 1, done.stdout + done.stderr
    found, report = allure_results(tmp_path / "al"), Report(tmp_path / "r")
    # One result for each check, and none beside them.
    assert sorted(found) == sorted(f"{line['requirement']} {line['id']}" for line in report.lines("check"))
    assert len(list((tmp_path / "al").glob("*-result.json"))) == len(found)
    assert not (tmp_path / "r" / "allure-results").exists()
    name = "ENR-DELETE-01 delete/a_deleted_enrollment_cannot_be_read"
    result = found[name]
    assert result["name"].startswith("ENR-DELETE-01 ")
    assert result["status"] == "failed"
    assert {"severity": "critical", "feature": "deleteEnrollment", "suite": "ENR-DELETE"}.items() <= labels(
        result
    ).items()
    assert parameters(result)["level"] == "MUST"
    assert parameters(result)["clause"]
    assert [link["url"] for link in result["links"]] == ["https://docs.example.org/ENR-DELETE-01.html"]
    (attached,) = result["attachments"]
    text = (tmp_path / "al" / attached["source"]).read_text("utf-8")
    assert attached["name"] == "decisive exchange"
    assert text.startswith("GET http")
    assert "\n\n200\n" in text
    assert "Bearer ey" not in text


def test_allure_results_in_the_report_directory_are_refused(tmp_path: Path) -> None:
    env = {"OSIA_REPORT_DIR": str(tmp_path / "r"), **ALLURE}
    done = suites_by_pytest("suites", "--osia-demo", "--alluredir", tmp_path / "r" / "allure-results", env=env)
    assert (done.returncode, "--alluredir: " in done.stderr) == (4, True)


def test_junit_and_html_of_pytest_have_every_check(broken: str, tmp_path: Path) -> None:
    plugins = {"PYTEST_PLUGINS": "pytest_metadata.plugin,pytest_html.plugin"}
    files = ("--junitxml", tmp_path / "j.xml", "--html", tmp_path / "h.html", "--self-contained-html")
    done = suites_by_pytest(
        "suites", "-q", "-k", "test_delete", *files, env=environment_of(tmp_path, broken, **plugins)
    )
    assert done.returncode == 1, done.stdout + done.stderr
    checks = Report(tmp_path / "r").lines("check")
    cases = list(ET.parse(tmp_path / "j.xml").iter("testcase"))
    failed = [case for case in cases if case.find("failure") is not None]
    assert len(cases) == len(checks)
    assert len(failed) == sum(line["outcome"] == "failed" for line in checks)
    assert "test_a_deleted_enrollment_cannot_be_read" in (tmp_path / "h.html").read_text("utf-8")


@pytest.mark.parametrize(
    "options",
    [
        ("-m", "requirement and not long", "-k", "test_delete and not broken"),
        ("--deselect", "suites/enrollment/test_find.py", "-k", "test_delete"),
    ],
    ids=["a mark", "deselected"],
)
def test_a_part_is_incomplete_at_best(options: tuple[str, ...], tmp_path: Path) -> None:
    env = {"OSIA_REPORT_DIR": str(tmp_path / "r"), "OSIA_EFFORT": "quick", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    done = suites_by_pytest("suites", "-q", "--osia-demo", *options, env=env)
    results = Report(tmp_path / "r").results
    assert (done.returncode, results["verdict"], results["selection"]) == (2, "incomplete", True), done.stdout


@pytest.mark.parametrize("option", ["-x", "--maxfail=1"])
def test_the_first_failure_ends_the_run_and_what_is_left_is_untested(option: str, broken: str, tmp_path: Path) -> None:
    done = suites_by_pytest("suites/enrollment/test_delete.py", "-q", option, env=environment_of(tmp_path, broken))
    report = Report(tmp_path / "r")
    assert (done.returncode, report.results["verdict"]) == (1, "nonconformant"), done.stdout
    assert len(report.lines("check")) == 1
    assert report.outcomes()["ENR-DELETE-04"] == "untested"
    assert report.ledger() == []


@pytest.mark.parametrize("arguments", [("suites",), ("suites/enrollment/test_delete.py",), ("suites", "--osia-demo")])
def test_an_editor_finds_the_checks_without_a_target(arguments: tuple[str, ...], tmp_path: Path) -> None:
    env = {"OSIA_REPORT_DIR": str(tmp_path / "r"), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    done = suites_by_pytest(*arguments, "--collect-only", "-q", env=env)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "suites/enrollment/test_delete.py::test_a_deleted_enrollment_cannot_be_read" in done.stdout
    assert not (tmp_path / "r").exists()
