"""The trend of several runs: as text for a terminal, and as a page of its own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from osia_conformance.cli.parser import main
from osia_conformance.reports import history
from tests.unit.reports import journals


def run(day: int, **outcomes: str) -> journals.Record:
    """Return the results of a run of January, with these outcomes by the end of the requirement's id."""
    records = [
        journals.header(started=f"2026-01-{day:02}T03:04:05.678Z", runId=f"202601{day:02}T030405-abcdef"),
        *(journals.check(f"test_{name}", f"ENR-{name}-01", outcome) for name, outcome in outcomes.items()),
        journals.footer(),
    ]
    return journals.results(records)


RUNS = (
    run(2, PATCH="passed", FIND="cantTell", READ="passed"),
    run(1, PATCH="failed", FIND="cantTell", READ="passed"),
    run(3, PATCH="failed", READ="passed", NEW="passed"),
)


def test_runs_stand_in_the_order_of_time_and_only_what_moves_is_listed() -> None:
    trend = history.history(RUNS)
    assert [row.requirement for row in trend.rows] == ["ENR-FIND-01", "ENR-PATCH-01"]
    assert [row.outcomes for row in trend.rows] == [("cantTell", "cantTell", None), ("failed", "passed", "failed")]
    assert trend.steady == 2


def test_as_text_each_run_has_a_letter_and_each_requirement_a_line() -> None:
    lines = history.as_text(history.history(RUNS)).splitlines()
    assert lines[0].startswith(
        "A  1 January 2026, 03:04 UTC: not conformant (1 passed, 1 failed, 1 could not be judged)"
    )
    assert "ENR-PATCH-01  MUST    x + x  Title of ENR-PATCH-01" in lines
    assert "ENR-FIND-01   MUST    ? ?    Title of ENR-FIND-01" in lines
    assert "2 requirements passed in every run, or never applied, and are left out." in lines


def test_a_verdict_of_a_newer_suite_is_shown_as_it_is() -> None:
    newer = {**run(4, READ="passed"), "verdict": "deferred\n"}
    assert ": deferred (" in history.as_text(history.history((*RUNS, newer)))


def test_what_a_selection_left_out_says_nothing() -> None:
    part = run(4, PATCH="untested", READ="passed")
    part["selection"] = True
    trend = history.history([*RUNS, part])
    assert [row.outcomes[-1] for row in trend.rows] == [None, None]
    assert trend.steady == 2
    assert "did not run" in history.as_text(trend).splitlines()[3]


def test_as_html_an_outcome_is_a_sign_with_its_word() -> None:
    page = history.as_html(history.history(RUNS))
    assert '<td class="mark" title="failed"><span class="badge failed">failed</span></td>' in page
    assert page.count('<span class="title">Title of ENR-PATCH-01</span>') == 1
    assert "<strong>not conformant (1 passed, 1 failed, 1 could not be judged)</strong>" in page


def test_as_html_it_loads_nothing_and_takes_no_markup() -> None:
    first = run(1, PATCH="failed")
    first["requirements"][0]["title"] = first["product"]["name"] = journals.HOSTILE
    page = history.as_html(history.history([first, RUNS[0]]))
    assert "<script" not in page
    assert "src=" not in page
    assert "url(" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "default-src 'none'" in page
    assert "\x1b" not in page


def test_a_single_run_and_runs_that_agree_are_told_too() -> None:
    text = history.as_text(history.history([run(1, READ="passed")]))
    assert "1 requirement passed in every run" in text


def test_the_command_prints_or_writes_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names = []
    for place, results in enumerate(RUNS):
        file = tmp_path / f"{place}.json"
        file.write_text(json.dumps(results))
        names.append(str(file))
    assert main(["history", *names]) == 0
    assert "x + x" in capsys.readouterr().out
    assert main(["history", *names, "--format", "html", "--output", str(tmp_path / "trend.html")]) == 0
    assert "3 runs" in (tmp_path / "trend.html").read_text("utf-8")
    assert main(["history", *names, "--output", str(tmp_path / "none" / "trend.txt")]) == 64
    assert "cannot be written" in capsys.readouterr().err
    assert main(["history", str(tmp_path / "gone")]) == 64
    assert main(["compare", *names]) == 64
    assert "osia-conformance history DIR..." in capsys.readouterr().err
