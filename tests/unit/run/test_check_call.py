"""A check is called without pytest's set-up where pytest shows what it asks for, and by pytest where it does not."""

from __future__ import annotations

import pytest

from osia_conformance.run import check_call
from tests.harness.judging import judge


def test_a_pytest_that_shows_no_fixtures_sets_up_each_check_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[pytest.Item] = []
    monkeypatch.setattr(check_call, "fixtures_of", asked.append)
    judged = judge(only=("ENR-DELETE-01",))
    assert asked
    assert judged.outcomes("passed") == {"ENR-DELETE-01"}
