"""compare OLD NEW: every pair of outcomes in its place, and exit code 1 for just what got worse."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from osia_conformance.cli import main
from osia_conformance.cli.comparison import Comparison, as_json, as_markdown, as_text, compared

OUTCOMES = ("failed", "cantTell", "untested", "passed", "inapplicable", None)
KIND = {
    ("passed", "failed"): "newlyFailing",
    ("cantTell", "failed"): "newlyFailing",
    ("untested", "failed"): "newlyFailing",
    ("inapplicable", "failed"): "newlyFailing",
    (None, "failed"): "newlyFailing",
    ("failed", "failed"): "stillFailing",
    ("failed", "passed"): "fixed",
    ("cantTell", "passed"): "gained",
    ("untested", "passed"): "gained",
    ("inapplicable", "passed"): "gained",
    (None, "passed"): "gained",
    ("failed", "cantTell"): "lost",
    ("failed", "untested"): "lost",
    ("passed", "cantTell"): "lost",
    ("passed", "untested"): "lost",
    ("failed", "inapplicable"): "dropped",
    ("passed", "inapplicable"): "dropped",
    ("failed", None): "dropped",
    ("passed", None): "dropped",
}


def results(outcomes: dict[str, str | None], **more: Any) -> dict[str, Any]:
    entries = [
        {"id": name, "level": "MUST", "title": f"Title of {name}", "outcome": outcome, "reason": None, "checks": []}
        for name, outcome in outcomes.items()
        if outcome
    ]
    return {
        "schemaVersion": "1.0",
        "runId": "r",
        "verdict": "incomplete",
        "ending": "complete",
        "interfaceVersion": "1.0.0",
        "started": "2026-01-02T03:04:05.000Z",
        "requirements": entries,
        "waivers": [],
        **more,
    }


def comparison(old: str | None, new: str | None, **more: Any) -> Comparison:
    return compared(results({"ENR-A-01": old}), results({"ENR-A-01": new}, **more))


@pytest.mark.parametrize("old", OUTCOMES)
@pytest.mark.parametrize("new", OUTCOMES)
def test_each_pair_of_outcomes_has_its_kind(old: str | None, new: str | None) -> None:
    found = comparison(old, new)
    assert [change.kind for change in found.changes] == ([KIND[old, new]] if (old, new) in KIND else [])
    assert found.worse == (KIND.get((old, new)) in ("newlyFailing", "lost"))


def test_a_waived_failure_is_told_and_does_not_count_as_worse() -> None:
    waiver = {"requirement": "ENR-A-01", "state": "applied"}
    found = comparison("passed", "failed", waivers=[waiver])
    assert not found.worse
    assert "(waived)" in as_text(found)
    assert comparison("passed", "failed", waivers=[{**waiver, "state": "expired"}]).worse


def test_the_formats_say_the_same() -> None:
    old = results({"ENR-A-01": "passed", "ENR-B-01": "failed", "ENR-C-01": "failed"})
    new = results({"ENR-A-01": "failed", "ENR-B-01": "passed", "ENR-C-01": "failed"})
    new["requirements"][0]["reason"] = "| `` <img> \x1b[31m @all"
    found = compared(old, new)
    text, markdown, document = as_text(found), as_markdown(found), json.loads(as_json(found))
    assert "Newly failing (1)\n  ENR-A-01 MUST passed → failed" in text
    assert "\x1b" not in text + markdown
    assert text.endswith("something got worse: 1 newly failing, 1 still failing, 1 fixed\n")
    assert markdown.startswith("### ❌ OSIA conformance: something got worse")
    assert "- **ENR-B-01** (MUST, failed → passed) `Title of ENR-B-01`" in markdown
    assert "```\\| `` <img> \\u001b[31m @all```" in markdown
    assert document["worse"] is True
    assert [one["requirement"] for one in document["newlyFailing"]] == ["ENR-A-01"]
    assert [one["requirement"] for one in document["fixed"]] == ["ENR-B-01"]
    assert document["lost"] == []


def written(directory: Path, outcomes: dict[str, str | None]) -> str:
    directory.mkdir()
    (directory / "results.json").write_text(json.dumps(results(outcomes)), "utf-8")
    return str(directory)


def test_the_command_ends_with_1_if_something_got_worse(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good = written(tmp_path / "good", {"ENR-A-01": "passed"})
    bad = written(tmp_path / "bad", {"ENR-A-01": "failed"})
    assert main(["compare", good, bad]) == 1
    assert "Newly failing (1)" in capsys.readouterr().out
    assert main(["compare", bad, good, "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["fixed"][0]["old"] == "failed"
    assert main(["compare", good, f"{good}/results.json"]) == 0
    assert capsys.readouterr().out.endswith("nothing got worse, and nothing changed\n")


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"schemaVersion": "2.0"}', '{"schemaVersion": "1.0"}'])
def test_what_is_no_report_is_refused_with_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str
) -> None:
    good = written(tmp_path / "good", {"ENR-A-01": "passed"})
    file = tmp_path / "other.json"
    file.write_text(content, "utf-8")
    for other, words in ((file, "no results.json of schema version 1"), (tmp_path / "gone", "no report")):
        assert main(["compare", good, str(other)]) == 64
        told = capsys.readouterr().err
        assert words in told
        assert told.count("\n") == 1


def test_what_a_selection_left_out_has_not_changed() -> None:
    found = compared(results({"ENR-A-01": "failed", "ENR-A-02": "passed"}), part({"ENR-A-01": "passed"}))
    assert [(change.kind, change.requirement) for change in found.changes] == [("fixed", "ENR-A-01")]
    assert not found.worse
    backwards = compared(part({"ENR-A-01": "passed"}), results({"ENR-A-01": "passed", "ENR-A-02": "failed"}))
    assert backwards.changes == ()


def part(outcomes: dict[str, str | None]) -> dict[str, Any]:
    """Return the results of a selection, which left ENR-A-02 out."""
    selected = results({**outcomes, "ENR-A-02": "untested"}, selection=True)
    selected["requirements"][0]["checks"] = [{}]
    return selected


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        ("cannot be judged while ENR-A-01 fails", "nowVisible"),
        ("createEnrollment, needed first, answered 500 Internal Server Error", "nowVisible"),
        ("cannot be judged while ENR-A-03 fails", "newlyFailing"),
        ("the target lags", "newlyFailing"),
    ],
)
def test_what_another_fault_hid_is_now_visible_and_no_regression(reason: str, kind: str) -> None:
    old = results({"ENR-A-01": "failed", "ENR-A-02": "cantTell", "ENR-A-03": "failed"})
    old["requirements"][1]["reason"] = reason
    found = compared(old, results({"ENR-A-01": "passed", "ENR-A-02": "failed", "ENR-A-03": "failed"}))
    assert [change.requirement for change in found.of(kind)] == ["ENR-A-02"]
    assert found.worse == (kind == "newlyFailing")
