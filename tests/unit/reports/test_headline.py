"""What failed is counted alike in every format, MUST first."""

from __future__ import annotations

import io
import re
from pathlib import Path

from rich.console import Console

from osia_conformance.reports import allure, html, junit, markdown
from osia_conformance.reports.headline import failed, failures, headline, open_reasons
from osia_conformance.run.summary import Summary
from tests.unit.reports import journals


def caused() -> tuple[journals.Record, list[journals.Record]]:
    """The failing run with its causes: a MUST with one case of two, a SHOULD, and an open MUST that hangs on one."""
    built, records = journals.failing()
    built["causes"] = [{"id": "C1", "title": "a 200", "requirements": ["ENR-PATCH-03", "ENR-AUTH-09"]}]
    for entry in built["requirements"]:
        if entry["id"] in ("ENR-PATCH-03", "ENR-AUTH-09", "ENR-FIND-01"):
            entry["cause"] = "C1"
    return built, records


def test_requirements_are_counted_by_level_with_their_causes() -> None:
    built, _ = caused()
    built["requirements"].append({**built["requirements"][0], "id": "ENR-PATCH-04", "cause": "C2"})
    assert failures(built) == ["2 MUST requirements failed, about 2 causes", "1 SHOULD requirement failed"]
    assert headline(built).endswith("; 1 more could not be judged because of them")
    assert [entry["id"] for entry in failed(built)] == ["ENR-PATCH-03", "ENR-PATCH-04", "ENR-AUTH-09"]
    assert headline(journals.conformant()[0]) == ""


def test_the_count_of_what_hangs_on_failures_is_given_once() -> None:
    built, _ = caused()
    counted = "1 of 5 MUST requirements could not be judged, for instance ENR-FIND-01: it was reset"
    built["reasons"] = ["the run was cut off", counted]
    assert open_reasons(built) == ["the run was cut off"]
    assert counted not in markdown.summary(built)
    for entry in built["requirements"]:
        if entry["id"] == "ENR-FIND-01":
            del entry["cause"]
    assert open_reasons(built) == ["the run was cut off", counted]


def test_every_format_says_the_same(tmp_path: Path) -> None:
    built, records = caused()
    words = headline(built)
    assert words == (
        "1 MUST requirement failed; 1 SHOULD requirement failed; 1 more could not be judged because of them"
    )
    output = io.StringIO()
    Summary(built, tmp_path, Console(file=output, width=200)).print()
    assert words in output.getvalue()
    assert words in markdown.summary(built)
    assert words in junit.write(built, records, tmp_path).read_text("utf-8")
    assert words in (allure.write(built, records, tmp_path) / "environment.properties").read_text("utf-8")
    page = html.write(built, records, tmp_path).read_text("utf-8")
    assert all(part in page for part in words.split("; ")[:2])
    assert re.search(">1 MUST requirement could not be judged because of them<", page)


def test_a_waived_finding_and_its_case_are_named_in_allure(tmp_path: Path) -> None:
    built, records = journals.waived()
    next(one for one in built["requirements"] if one["id"] == "ENR-PATCH-03")["checks"][0]["id"] = (
        "patch/a_null[reason]"
    )
    allure.write(built, records, tmp_path)
    texts = [file.read_text("utf-8") for file in (tmp_path / "allure-results").glob("*-result.json")]
    text = next(one for one in texts if "Title of ENR-PATCH-03 [reason]" in one)
    assert '"status": "skipped"' in text
    assert "ENR-PATCH-03 is waived until 2026-12-31 by the team: known" in text
