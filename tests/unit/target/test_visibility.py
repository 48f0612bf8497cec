"""What a target does not show at once is waited for in full, until it has once not come in that time."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import pytest

from osia_conformance.support import polling
from osia_conformance.target.visibility import Lag, Visibility

WITHIN = 5


class FakeTime:
    """Time that passes when somebody waits, and never else."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def after(self, seconds: float) -> Callable[[], bool]:
        """Return a probe that holds from so many seconds on."""
        shown = self.now + seconds
        return lambda: self.now >= shown


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> FakeTime:
    fake = FakeTime()
    monkeypatch.setattr(polling, "time", SimpleNamespace(monotonic=fake.monotonic, sleep=fake.sleep))
    return fake


def never() -> bool:
    return False


def waited(clock: FakeTime, visibility: Visibility, probe: Callable[[], bool], lag: Lag = "search") -> float:
    """Return how long is waited for `probe`."""
    before = clock.now
    visibility.eventually(lag, probe)
    return clock.now - before


def test_what_never_came_is_not_waited_for_in_full_again(clock):
    visibility = Visibility(WITHIN)
    assert [round(waited(clock, visibility, never), 3) for _ in range(3)] == [5, 0.5, 0.25]


def test_what_comes_in_time_is_waited_for_in_full_each_time(clock):
    visibility = Visibility(WITHIN)
    for lag in (3.0, 4.9, 0.3, 4.9):
        took = visibility.eventually("search", clock.after(lag))
        assert took == pytest.approx(lag, abs=0.1)


def test_one_lag_that_never_ended_says_nothing_of_another(clock):
    visibility = Visibility(WITHIN)
    assert visibility.eventually("expression", never) is None
    assert visibility.eventually("optional", never) is None
    assert visibility.eventually("search", clock.after(4.5)) is not None
    assert visibility.eventually("deletion", clock.after(4.5)) is not None


def test_where_no_search_shows_a_write_none_is_waited_for_in_full(clock):
    visibility = Visibility(WITHIN)
    assert [waited(clock, visibility, never, lag) for lag in ("search", "expression", "optional")] == [5, 0.5, 0.5]


def test_a_target_that_lags_is_given_its_lag_beside_what_never_came(clock):
    visibility = Visibility(WITHIN)
    visibility.eventually("search", clock.after(1.0))
    assert visibility.eventually("search", never) is None
    assert visibility.eventually("search", clock.after(2.5)) is not None
    assert visibility.eventually("search", clock.after(4.9)) is not None
