"""summary.md and a CI job's step summary: short, true, and deaf to what the target says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from osia_conformance import reports
from osia_conformance.reports import markdown
from tests.unit.reports import journals


def text(scenario: tuple[journals.Record, list[journals.Record]]) -> str:
    return markdown.summary(scenario[0])


def without_code(source: str) -> str:
    """Return what a renderer reads as Markdown: everything outside of code spans (CommonMark 6.1)."""
    return re.sub(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)", "", source)


@pytest.mark.parametrize(
    ("scenario", "heading"),
    [
        (journals.conformant, "## ✅ Conformant"),
        (journals.failing, "## ❌ Not conformant"),
        (journals.cut_off, "## ⚠️ Incomplete: no verdict on conformance"),
    ],
)
def test_the_first_line_is_the_verdict(scenario: object, heading: str) -> None:
    assert text(scenario()).splitlines()[0] == heading  # type: ignore[operator]


def test_levels_are_counted_by_outcome() -> None:
    built, records = journals.failing()
    lines = text((built, records)).splitlines()
    must = built["totals"]["must"]
    counts = [must[name] for name in markdown.ORDER]
    assert f"| MUST | {' | '.join(map(str, counts))} | {sum(counts)} |" in lines
    assert "| --- | --- | --- | --- | --- | --- | --- |" in lines


def test_findings_say_what_was_expected_and_what_came() -> None:
    lines = text(journals.failing()).splitlines()
    assert "- **ENR-PATCH-03** (MUST) `Title of ENR-PATCH-03`: expected `204`, got `200`" in lines
    assert "### Could not be judged (1)" in lines
    assert "- RUL-TLS, *: `plain http`" in lines


def test_a_failure_says_what_to_do() -> None:
    results, records = journals.failing()
    next(one for one in results["requirements"] if one["id"] == "ENR-PATCH-03")["fix"] = "Answer 204."
    [line] = [one for one in text((results, records)).splitlines() if one.startswith("- **ENR-PATCH-03**")]
    assert line.endswith("got `200`: `Answer 204.`")


def test_waivers_and_reasons_are_told() -> None:
    summary = text(journals.waived())
    assert "waiver: `ENR-PATCH-03 is waived until 2026-12-31 by the team: known`" in summary
    assert "matched nothing" in summary


def test_hostile_text_never_leaves_its_code_span(tmp_path: Path) -> None:
    hostile = "`` ` <img src=x> [a](http://b) @everyone | ![x](y)\n# heading\x1b[31m``"
    built, records = journals.hostile(tmp_path)
    built["product"] = {"name": hostile}
    built["requirements"][0]["checks"][0]["actual"] = hostile
    rest = without_code(text((built, records)))
    for sign in ("<img", "<script", "@everyone", "](", "\x1b", "alert"):
        assert sign not in rest
    assert not re.search("^# heading", rest, re.M)


def test_a_long_list_is_cut_with_its_count() -> None:
    built, records = journals.failing()
    one = next(entry for entry in built["requirements"] if entry["outcome"] == "failed")
    built["requirements"] = [{**one, "id": f"ENR-MANY-{number:03}"} for number in range(80)]
    assert "- and 30 more, in `results.json`" in text((built, records)).splitlines()


def test_the_step_summary_is_appended_to_where_there_is_one(tmp_path: Path) -> None:
    page = tmp_path / "step.md"
    page.write_text("before\n", "utf-8")
    assert markdown.append_to_step("now", {"GITHUB_STEP_SUMMARY": str(page)})
    assert page.read_text("utf-8") == "before\nnow\n"
    assert not markdown.append_to_step("now", {})
    assert not markdown.append_to_step("now", {"GITHUB_STEP_SUMMARY": str(tmp_path)})


def test_publishing_writes_the_reports_and_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = tmp_path / "step.md"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(page))
    directory = tmp_path / "report"
    directory.mkdir()
    written = reports.publish(*journals.failing(), directory)
    assert directory / "summary.md" in written
    assert page.read_text("utf-8") == (directory / "summary.md").read_text("utf-8") + "\n"
