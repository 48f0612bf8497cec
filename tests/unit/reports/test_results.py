"""results.json and the two schemas."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from osia_conformance.reports import ReportError, results
from osia_conformance.standard.register import load_register
from osia_conformance.verdict import schemas
from osia_conformance.verdict.derivation import derive
from osia_conformance.verdict.schemas import validate, validate_record
from tests.unit.reports import journals


@pytest.mark.parametrize("name", ["results.schema.json", "journal.schema.json"])
def test_the_schema_is_a_schema(name: str) -> None:
    Draft202012Validator.check_schema(schemas.schema(name))


def test_hand_built_results_and_journals_fit_the_schemas(tmp_path: Path) -> None:
    for built, records in journals.every(tmp_path):
        validate(built)
        for record in records:
            validate_record(record)


def test_what_the_verdict_derives_fits_the_schema(tmp_path: Path) -> None:
    for _, records in journals.every(tmp_path):
        validate(derive(records, load_register("1.0.0")))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("verdict",), "fine"),
        (("effort",), "some"),
        (("ending",), "done"),
        (("started",), "yesterday"),
        (("finished",), "2026-01-02T03:09:00+01:00"),
        (("seed",), "7"),
        (("selection",), None),
        (("exchanges",), -1),
        (("extra",), 1),
        (("totals", "passed"), -1),
        (("totals", "must", "other"), 0),
        (("requirements", 0, "level"), "WILL"),
        (("requirements", 0, "outcome"), "ok"),
        (("requirements", 0, "operations"), []),
        (("requirements", 0, "id"), "patch 3"),
        (("requirements", 0, "worker"), "gw0"),
        (("requirements", 0, "checks", 0, "outcome"), "error"),
        (("requirements", 0, "checks", 0, "evidence"), "gw0.1"),
        (("requirements", 0, "checks", 0, "worker"), "gw0"),
        (("leftovers", 0), {"enrollment": "1"}),
        (("observations", 0, "text"), ""),
    ],
)
def test_what_does_not_fit_is_named_in_one_sentence(path: tuple[str | int, ...], value: Any) -> None:
    built, _ = journals.failing()
    place: Any = built
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    with pytest.raises(ReportError, match=r"^results\.json does not fit results\.schema\.json at \$.*\.$"):
        validate(built)


@pytest.mark.parametrize("member", ["totals", "reasons", "verdict", "leftovers", "schemaVersion"])
def test_a_missing_member_is_a_misfit(member: str) -> None:
    built, _ = journals.conformant()
    del built[member]
    with pytest.raises(ReportError, match=member):
        validate(built)


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "remark"},
        {"elapsed": -1},
        {"scopes": "enroll.write"},
        {"surplus": 1},
        {"request": {"method": "GET", "url": "https://a/", "headers": []}},
        {"request": {"method": "GET", "url": "https://a/", "headers": [["a"]], "size": 0}},
        {"request": {"method": "GET", "url": "https://a/", "headers": [], "size": 3}},
        {
            "request": {
                "method": "GET",
                "url": "https://a/",
                "headers": [],
                "size": 3,
                "bodyFile": "bodies/../x",
            }
        },
        {"request": {"method": "GET", "url": "https://a/", "headers": [], "size": 0, "encoding": "base64"}},
        {"response": {"status": 200, "headers": [], "size": 0}},
    ],
)
def test_a_line_that_is_no_journal_line_is_refused(changes: dict[str, Any]) -> None:
    line = journals.exchange("gw0.1")
    validate_record(line)
    with pytest.raises(ReportError, match="journal"):
        validate_record({**line, **changes})


def test_lists_whose_order_says_nothing_are_sorted() -> None:
    built, _ = journals.failing()
    shuffled = copy.deepcopy(built)
    shuffled["requirements"].reverse()
    shuffled["requirements"][0]["checks"].reverse()
    shuffled["configuration"] = dict(reversed(shuffled["configuration"].items()))
    arranged = results.arrange(shuffled)
    assert json.dumps(arranged) == json.dumps(results.arrange(built))
    ids = [requirement["id"] for requirement in arranged["requirements"]]
    assert ids == sorted(ids)
    assert arranged["requirements"] != built["requirements"]


def test_the_order_of_evidence_is_kept() -> None:
    built, _ = journals.conformant()
    built["requirements"][0]["checks"][0]["evidence"] = ["gw0.2", "gw0.10", "gw0.1"]
    evidence = [check["evidence"] for one in results.arrange(built)["requirements"] for check in one["checks"]]
    assert ["gw0.2", "gw0.10", "gw0.1"] in evidence


def test_hostile_text_survives_as_json(tmp_path: Path) -> None:
    built, records = journals.hostile(tmp_path)
    path = results.write(built, records, tmp_path)
    text = path.read_bytes().decode("utf-8")
    assert json.loads(text) == built
    assert text.endswith("}\n")
    assert text.startswith('{\n  "')
    assert "\x1b" not in text
