"""What a person sees while a run goes: one live line, and at once what makes the run a waste of time."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from osia_conformance.run import ci_annotations
from osia_conformance.run.terminal import Terminal, on_terminal
from osia_conformance.standard.register import load_register
from osia_conformance.target.session import Run
from tests.harness.judging import judge

CHECK = {"id": "c", "expected": "this", "actual": "that", "curl": "curl -sS"}


def test_workers_that_each_tell_the_plan_have_one_live_line_between_them(tmp_path: Path) -> None:
    screen = io.StringIO()
    terminal = Terminal(Console(file=screen, force_terminal=True))
    for _ in range(3):
        terminal.planned(629)
    terminal.finished(judge(only=("ENR-DELETE-01",)).results, tmp_path)
    hidden, shown = (screen.getvalue().count(f"\x1b[?25{end}") for end in "lh")
    assert (hidden, shown) == (1, 1)


def test_what_is_not_shown_is_counted_and_curl_lines_say_what_they_need(tmp_path: Path) -> None:
    results = judge(only=("ENR-DELETE-01",)).results
    entry = {"ruling": "RUL-CODES", "operation": "readEnrollment", "text": "unusual"}
    failed = {**results["requirements"][0], "outcome": "failed", "checks": [{**CHECK, "outcome": "failed"}]}
    more = {"observations": [entry] * 22, "leftovers": [{"enrollment": "e", "reason": "r"}] * 23, "exchanges": 1}
    screen = io.StringIO()
    ended = Terminal(Console(file=screen, width=200), "verbose")
    ended.finished({**results, **more, "requirements": [failed]}, tmp_path)
    said = screen.getvalue()
    assert all(words in said for words in ("2 more observations", "3 more are left there", "; 1 exchange"))
    assert "OSIA_CONFIG names the configuration" in said


def judged(requirement: str, outcome: str) -> dict[str, Any]:
    reason = "expected this; that" if outcome == "failed" else None
    return {"id": "c", "requirement": requirement, "operation": "o", "outcome": outcome, "reason": reason, "fault": 0}


def screen_of(*told: tuple[str, str], cases: dict[str, int], width: int = 80) -> list[str]:
    """Return the lines of a log, of what is judged in this order."""
    screen = io.StringIO()
    terminal = Terminal(Console(file=screen, width=width))
    run = Run("id", "d", "http://t", "1.3.0", 1, "quick", 1, False, {})
    terminal.started(run, "P")
    terminal.planned(len(told), cases)
    for requirement, outcome in told:
        terminal.judged(judged(requirement, outcome))
    return screen.getvalue().splitlines()[1:]


def test_a_requirement_that_failed_has_one_line_once_its_cases_are_judged() -> None:
    told = [("ENR-PATCH-03", "failed"), ("ENR-PATCH-03", "passed"), ("ENR-PATCH-03", "failed")]
    assert screen_of(*told[:2], cases={"ENR-PATCH-03": 3}) == []
    lines = screen_of(*told, cases={"ENR-PATCH-03": 3})
    assert lines == ["ENR-PATCH-03 failed, 2 of 3 cases: expected this; that"]


def test_a_requirement_without_a_plan_has_one_line_at_its_first_failure() -> None:
    lines = screen_of(*[("ENR-PATCH-03", "failed")] * 3, cases={})
    assert lines == ["ENR-PATCH-03 failed: expected this; that"]


def test_what_hangs_on_a_failed_requirement_is_quiet() -> None:
    needed = load_register("1.3.0").requirements["ENR-PATCH-03"].needs[0]
    lines = screen_of((needed, "failed"), ("ENR-PATCH-03", "failed"), cases={needed: 1, "ENR-PATCH-03": 1})
    assert [line.split()[0] for line in lines] == [needed]


@pytest.mark.parametrize("columns", ["0", "8", "x", ""])
def test_a_width_that_is_none_is_no_obstacle(
    columns: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    on_terminal()._line("a line")
    assert "".join(capsys.readouterr()).split() == ["a", "line"]


def test_a_quiet_run_ends_with_one_line(tmp_path: Path) -> None:
    results = judge(only=("ENR-DELETE-01",)).results
    screen = io.StringIO()
    Terminal(Console(file=screen, width=200), "quiet").finished(results, tmp_path)
    assert len(screen.getvalue().splitlines()) == 1


ENTRY = {
    "id": "ENR-X",
    "level": "MUST",
    "title": "::error::forged",
    "outcome": "failed",
    "reason": "a\n::warning::b%",
    "checks": [{"outcome": "failed", "curl": "::set-output name=x::y"}],
}


def test_an_annotation_of_github_is_one_command_whatever_the_target_says() -> None:
    stream = io.StringIO()
    ci_annotations.write({"requirements": [ENTRY]}, stream, {"GITHUB_ACTIONS": "true"})
    commands = [line for line in stream.getvalue().splitlines() if line.startswith("::")]
    assert [line.split("::")[1].split()[0] for line in commands] == ["error", "group", "endgroup"]
    assert "%25" in commands[0]


def test_gitlab_gets_a_folded_section_and_others_nothing() -> None:
    stream = io.StringIO()
    ci_annotations.write({"requirements": [ENTRY]}, stream, {"GITLAB_CI": "true"})
    assert stream.getvalue().startswith("section_start:")
    other = io.StringIO()
    ci_annotations.write({"requirements": [ENTRY]}, other, {})
    assert other.getvalue() == ""


def test_a_reason_that_was_told_at_once_is_not_told_again(tmp_path: Path) -> None:
    results = {**judge(only=("ENR-DELETE-01",)).results, "reasons": ["the cause; the remedy", "nothing was judged"]}
    screen = io.StringIO()
    terminal = Terminal(Console(file=screen, width=80))
    terminal.note("the cause; the remedy")
    terminal.finished(results, tmp_path)
    assert screen.getvalue().count("the cause; the remedy") == 1
    assert "open: nothing was judged" in screen.getvalue()


def test_quiet_says_the_verdict_alone(tmp_path: Path) -> None:
    screen = io.StringIO()
    terminal = Terminal(Console(file=screen, width=80), "quiet")
    terminal.note("anything")
    terminal.finished(judge(only=("ENR-DELETE-01",)).results, tmp_path)
    [line] = screen.getvalue().splitlines()
    assert line.startswith("? incomplete: ")
