"""How long a run may take where nobody said so."""

from __future__ import annotations

import pytest

from osia_conformance.target.run_budget import PLANNED_CALLS, run_seconds


@pytest.mark.parametrize("effort", PLANNED_CALLS)
def test_a_target_that_answers_just_before_its_timeout_holds_no_run_for_a_day(effort: str) -> None:
    assert run_seconds(None, effort, 10.0) == PLANNED_CALLS[effort]
    assert run_seconds(None, effort, 10.0) < PLANNED_CALLS[effort] * 9.9
    assert run_seconds(None, effort, 0.1) == 900.0


def test_what_is_stated_counts() -> None:
    assert run_seconds(0.0, "quick", 10.0) == 0.0
    assert run_seconds(7.0, "thorough", 10.0) == 7.0
