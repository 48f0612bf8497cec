"""allure-results by the members that Allure's generator reads."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from osia_conformance.reports import allure
from tests.unit.reports import journals

TEXT = {"type": "string", "minLength": 1}
TIME = {"type": "integer", "minimum": 1}
STATUS = {"enum": ["passed", "failed", "broken", "skipped"]}
ATTACHMENT = {
    "type": "object",
    "required": ["name", "source", "type"],
    "properties": {
        "name": TEXT,
        "source": {"type": "string", "pattern": r"^[0-9a-f-]{36}-attachment\.(txt|json|bin)$"},
        "type": {"enum": ["text/plain", "application/json", "application/octet-stream"]},
    },
}
STEP = {
    "type": "object",
    "required": ["name", "status", "stage", "start", "stop"],
    "properties": {
        "name": TEXT,
        "status": STATUS,
        "start": TIME,
        "stop": TIME,
        "attachments": {"type": "array", "items": ATTACHMENT},
    },
}
RESULT = Draft202012Validator(
    {
        "type": "object",
        "required": [
            *("uuid", "historyId", "testCaseId", "fullName", "name", "status", "stage", "start", "stop"),
            *("labels", "parameters", "description"),
        ],
        "properties": {
            "uuid": {"type": "string", "pattern": "^[0-9a-f-]{36}$"},
            "historyId": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
            "name": TEXT,
            "status": STATUS,
            "stage": {"const": "finished"},
            "start": TIME,
            "stop": TIME,
            "labels": {
                "type": "array",
                "items": {"type": "object", "required": ["name", "value"], "additionalProperties": TEXT},
            },
            "steps": {"type": "array", "items": STEP},
            "statusDetails": {
                "type": "object",
                "required": ["message", "trace"],
                "additionalProperties": TEXT,
            },
        },
    }
)

STATUSES = {
    "ENR-PATCH-03: test_patch": "failed",
    "ENR-PATCH-03: test_patch_again": "passed",
    "ENR-FIND-01: test_find": "broken",
    "ENR-BUF-01: test_buffer": "skipped",
    "ENR-DIGEST-01: test_digest": "skipped",
    "ENR-AUTH-09: test_header": "failed",
    "ENR-CREATE-01: test_create": "passed",
    "ENR-NONE-01: ENR-NONE-01": "skipped",
    "ENR-NONE-02: ENR-NONE-02": "skipped",
}
"""What Allure calls the outcomes of the failing run."""


def written(tmp_path: Path, scenario: tuple[journals.Record, list[journals.Record]]) -> dict[str, Any]:
    """Write the results, check each against the schema, and return them by requirement and check."""
    path = allure.write(*scenario, tmp_path)
    assert path == tmp_path / "allure-results"
    found = {}
    for file in path.glob("*-result.json"):
        result = json.loads(file.read_bytes())
        RESULT.validate(result)
        assert file.name == f"{result['uuid']}-result.json"
        found[result["fullName"]] = result
    return found


def labels(result: dict[str, Any]) -> dict[str, str]:
    return {label["name"]: label["value"] for label in result["labels"]}


def attached(tmp_path: Path, step: dict[str, Any], name: str) -> tuple[str, bytes]:
    attachment = next(item for item in step["attachments"] if item["name"].startswith(name))
    return attachment["type"], (tmp_path / "allure-results" / attachment["source"]).read_bytes()


def test_results_are_valid_and_every_attachment_is_there_once(tmp_path: Path) -> None:
    for scenario in journals.every(tmp_path):
        results = written(tmp_path, scenario)
        named = {
            attachment["source"]
            for result in results.values()
            for step in result.get("steps", [])
            for attachment in step.get("attachments", [])
        }
        there = {path.name for path in (tmp_path / "allure-results").glob("*-attachment.*")}
        assert named == there


def test_each_outcome_has_its_status(tmp_path: Path) -> None:
    results = written(tmp_path, journals.failing())
    assert {name: result["status"] for name, result in results.items()} == STATUSES


def test_labels_and_parameters_place_the_case(tmp_path: Path) -> None:
    results = written(tmp_path, journals.failing())
    result = results["ENR-PATCH-03: test_patch"]
    assert labels(result) == {
        "requirement": "ENR-PATCH-03",
        "tag": "ENR-PATCH-03",
        "severity": "critical",
        "parentSuite": "Enrollment 1.0.0",
        "suite": "ENR-PATCH",
        "feature": "partialUpdateEnrollment",
        "story": "ENR-PATCH-03",
        "framework": "osia-conformance",
    }
    parameters = {parameter["name"]: parameter["value"] for parameter in result["parameters"]}
    assert parameters["clause"] == "openapi.yaml, /paths/~1v1~1enrollments/post/responses/201"
    assert all(parameter["excluded"] for parameter in result["parameters"])
    assert labels(results["ENR-AUTH-09: test_header"])["severity"] == "normal"
    assert labels(results["ENR-NONE-01: ENR-NONE-01"])["severity"] == "minor"


def test_a_finding_has_message_and_trace(tmp_path: Path) -> None:
    results = written(tmp_path, journals.failing())
    details = results["ENR-PATCH-03: test_patch"]["statusDetails"]
    assert details["message"] == "failed because it is so"
    assert {"expected: 204", "actual: 200"} <= set(details["trace"].splitlines())
    assert "statusDetails" not in results["ENR-CREATE-01: test_create"]


def test_steps_are_the_exchanges(tmp_path: Path) -> None:
    (step,) = written(tmp_path, journals.conformant())["ENR-CREATE-01: test_create"]["steps"]
    assert step["name"].startswith("POST https://gateway.example.org/identity/v1/enrollments/1?")
    assert step["name"].endswith(" -> 201, 12 ms")
    assert "attachments" not in step


def test_steps_of_a_finding_have_both_messages(tmp_path: Path) -> None:
    (step,) = written(tmp_path, journals.failing())["ENR-PATCH-03: test_patch"]["steps"]
    kind, head = attached(tmp_path, step, "request")
    assert (kind, head[:5]) == ("text/plain", b"POST ")
    kind, head = attached(tmp_path, step, "response")
    assert (kind, head) == ("text/plain", b"200\nContent-Type: application/json")
    assert attached(tmp_path, step, "response body")[0] == "application/json"


def test_a_call_without_an_answer_is_a_broken_step(tmp_path: Path) -> None:
    (step,) = written(tmp_path, journals.failing())["ENR-FIND-01: test_find"]["steps"]
    assert step["status"] == "broken"
    assert step["name"].endswith("no answer: the connection was reset")


def test_the_exchanges_of_a_check_that_names_none_are_those_made_under_it(tmp_path: Path) -> None:
    results = written(tmp_path, journals.failing())
    assert len(results["ENR-CREATE-01: test_create"]["steps"]) == 3
    assert "steps" not in results["ENR-BUF-01: test_buffer"]


def test_the_history_of_a_check_goes_on_over_runs_and_its_uuid_does_not(tmp_path: Path) -> None:
    built, records = journals.failing()
    first = written(tmp_path, (built, records))
    second = written(tmp_path, ({**built, "runId": "another"}, records))
    assert {name: one["historyId"] for name, one in first.items()} == {
        name: one["historyId"] for name, one in second.items()
    }
    assert len({one["historyId"] for one in first.values()}) == len(first)
    assert not {one["uuid"] for one in first.values()} & {one["uuid"] for one in second.values()}


def test_no_attachment_has_the_targets_own_type(tmp_path: Path) -> None:
    (result,) = written(tmp_path, journals.hostile(tmp_path)).values()
    page, long, picture, _ = result["steps"]
    assert attached(tmp_path, page, "response body")[0] == "text/plain"
    assert attached(tmp_path, page, "request body") == ("application/octet-stream", journals.BINARY)
    assert attached(tmp_path, picture, "response body")[0] == "application/octet-stream"
    kind, data = attached(tmp_path, long, "response body, the first 65536 of 300012 bytes")
    assert (kind, data) == ("text/plain", journals.LONG[: 64 * 1024])


def test_hostile_text_is_visible_and_harmless(tmp_path: Path) -> None:
    (result,) = written(tmp_path, journals.hostile(tmp_path)).values()
    assert r"\u001b[31mred ]]> \u0000 \ud800 \u202e" in result["statusDetails"]["message"]
    assert "more characters in results.json]" in result["statusDetails"]["trace"]
    for file in (tmp_path / "allure-results").glob("*-result.json"):
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", file.read_bytes().decode("utf-8"))


def test_the_environment_is_a_java_properties_file(tmp_path: Path) -> None:
    allure.write(*journals.hostile(tmp_path), tmp_path)
    text = (tmp_path / "allure-results" / "environment.properties").read_bytes().decode("ascii")
    lines = text.splitlines()
    assert "interface\\ version=1.0.0" in lines
    assert "verdict=nonconformant" in lines
    (name,) = [line for line in lines if line.startswith("product.name=")]
    assert name.endswith(r"<!-- --> \\uffff \u00e9")


def test_categories_tell_the_kinds_of_outcome_apart(tmp_path: Path) -> None:
    allure.write(*journals.failing(), tmp_path)
    categories = json.loads((tmp_path / "allure-results" / "categories.json").read_bytes())
    assert [category["matchedStatuses"] for category in categories] == [["failed"], ["broken"], ["skipped"]]
