"""What a person sees while a run goes: one live line, and at once what makes the run a waste of time."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from osia_conformance.run.profile_check import refusal
from osia_conformance.run.progress import Terminal
from osia_reference.app import create_app
from osia_reference.enrollments import Enrollments
from osia_reference.replies import Refusal
from tests.harness import lab
from tests.harness.judging import URL, judge, reference

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
    ended = Terminal(Console(file=screen, width=200))
    ended.finished({**results, **more, "requirements": [failed]}, tmp_path)
    said = screen.getvalue()
    assert all(words in said for words in ("2 more observations", "3 more are left there", "; 1 exchange; "))
    assert "OSIA_CONFIG names the configuration" in said


@pytest.mark.parametrize(
    ("code", "question"),
    [
        (401, f"createEnrollment answered 401 Unauthorized: does [auth] give what {URL} lets in?"),
        (404, f"createEnrollment answered 404 Not Found: is {URL} what stands before /v1/... there?"),
        (409, None),
    ],
)
def test_what_looks_like_a_wrong_configuration_is_asked_before_the_run(
    code: int, question: str | None, tmp_path: Path
) -> None:
    class Refuses(Enrollments):
        def create(self, *_: Any, **__: Any) -> Any:
            raise Refusal(code, "no")

    told: list[str] = []
    app = create_app(reference(), enrollments=Refuses)
    with lab.session(tmp_path, app) as session:
        assert refusal(session, told.append) is None
    app.close()
    assert told == ([question] if question else [])
