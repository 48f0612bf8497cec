"""allure-results as Allure itself reads them: `allure generate` makes a report with everything in its place.

The command is the one of the npm package `allure`, at OSIA_ALLURE or on the path; `.ci/run` installs it.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from osia_conformance.reports import allure
from tests.harness.running import ENOUGH
from tests.unit.reports import journals
from tests.unit.reports.test_allure import STATUSES


@pytest.fixture(name="command", scope="module")
def command_of() -> str:
    found = os.environ.get("OSIA_ALLURE") or shutil.which("allure")
    if found is None:
        words = "no allure command: install the npm package allure, or set OSIA_ALLURE"
        # In CI a missing tool must not look like a pass.
        (pytest.fail if os.environ.get("CI") else pytest.skip)(words)
    return found


def generated(command: str, results: Path, output: Path) -> dict[str, dict[str, Any]]:
    """Run `allure generate` and return its test results by their full names."""
    arguments = [command, "generate", str(results), "-o", str(output)]
    subprocess.run(arguments, check=True, capture_output=True, stdin=subprocess.DEVNULL, timeout=ENOUGH)
    assert (output / "index.html").is_file()
    found = (json.loads(path.read_bytes()) for path in (output / "data" / "test-results").glob("*.json"))
    return {result["fullName"]: result for result in found}


def test_requirement_clause_steps_and_attachments_are_in_place(command: str, tmp_path: Path) -> None:
    results = allure.write(*journals.waived(), tmp_path)
    found = generated(command, results, tmp_path / "out")
    assert {name: one["status"] for name, one in found.items()} == {**STATUSES, "ENR-PATCH-03: test_patch": "skipped"}
    finding = found["ENR-PATCH-03: test_patch"]
    labels = {(label["name"], label["value"]) for label in finding["labels"]}
    assert {("requirement", "ENR-PATCH-03"), ("tag", "waived"), ("severity", "critical")} <= labels
    parameters = {parameter["name"]: parameter["value"] for parameter in finding["parameters"]}
    assert parameters["clause"] == "openapi.yaml, /paths/~1v1~1enrollments/post/responses/201"
    assert "expected: 204" in finding["error"]["trace"].splitlines()
    assert "Only the documented one." in finding["descriptionHtml"]
    (step,) = finding["steps"]
    assert step["name"].startswith("POST https://gateway.example.org/identity/v1/enrollments/1?")
    links = [inner["link"] for inner in step["steps"]]
    assert [link["name"] for link in links] == ["request", "response", "response body"]
    for link in links:
        assert not link["missed"]
        stored = tmp_path / "out" / "data" / "attachments" / f"{link['id']}{link['ext']}"
        assert stored.read_bytes() == (results / link["originalFileName"]).read_bytes()


def test_hostile_results_can_be_read_too(command: str, tmp_path: Path) -> None:
    found = generated(command, allure.write(*journals.hostile(tmp_path), tmp_path), tmp_path / "out")
    (finding,) = found.values()
    assert finding["status"] == "failed"
    assert len(finding["steps"]) == 4
    assert "<script" not in finding["descriptionHtml"].lower()
