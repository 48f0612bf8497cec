"""Results of somebody else, compared or shown: a sentence in the end, and never their voice."""

from __future__ import annotations

import json
from typing import Any

import pytest

from osia_conformance.cli import main
from tests.unit.cli.hostile import expect_a_sentence
from tests.unit.evidence.cases import Case


@pytest.mark.parametrize(
    "change",
    [
        {"requirements": [{"id": "A", "level": "MUST", "title": "t", "outcome": "odd", "checks": []}]},
        {
            "requirements": [
                {"id": "A\nnothing got worse", "level": "x", "title": "\x1b[2K", "outcome": "failed", "checks": []}
            ]
        },
        {"waivers": [{"state": "applied"}]},
        {"requirements": [{"id": "A", "level": "x", "title": "\x1b[2K\n", "outcome": "failed", "checks": []}]},
        {"requirements": [{"id": "A", "level": "MUST", "title": "t", "outcome": "<b>failed", "checks": []}]},
        {"waivers": "none"},
        {"waivers": [7]},
        {"runId": "x\nnothing got worse"},
        {"ending": "\u2028nothing got worse"},
        {"requirements": [{"id": "A", "level": "MUST", "title": "t", "outcome": "failed", "reason": 7, "checks": []}]},
    ],
)
def test_odd_results_are_compared_or_refused_in_a_sentence(
    case: Case, change: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    path = case.other / "results.json"
    path.write_text(json.dumps({**json.loads(path.read_text("utf-8")), **change}), "utf-8")
    for form in ("text", "markdown", "json"):
        for order in ((case.report, case.other), (case.other, case.report)):
            code = main(["compare", *map(str, order), "--format", form])
            out = expect_a_sentence(code, capsys, 0, 1, 64)
            if form == "text" and code != 64:
                told = [line for line in out.splitlines() if line.startswith(("nothing got worse", "something got"))]
                assert len(told) == 1
                assert "\x1b" not in out
