from __future__ import annotations

import pytest

from osia_conformance.wire.limits import RateLimiter


class Clock:
    """A clock that only waiting moves."""

    def __init__(self) -> None:
        self.now = 100.0
        self.waits: list[float] = []

    def __call__(self) -> float:
        return self.now

    def wait(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds


def pace(rate: float, workers: int, clock: Clock) -> RateLimiter:
    return RateLimiter(rate, workers, clock=clock, wait=clock.wait)


def test_the_first_call_leaves_at_once() -> None:
    clock = Clock()
    assert pace(2, 1, clock).wait() == 0
    assert clock.waits == []


def test_calls_are_spaced_by_the_rate() -> None:
    clock = Clock()
    limiter = pace(4, 1, clock)
    assert [limiter.wait() for _ in range(4)] == [0, 0.25, 0.25, 0.25]


def test_workers_share_the_rate() -> None:
    clock = Clock()
    limiter = pace(4, 8, clock)
    limiter.wait()
    assert limiter.wait() == 2.0


def test_time_that_passed_is_not_waited_again_and_not_saved_up() -> None:
    clock = Clock()
    limiter = pace(1, 1, clock)
    limiter.wait()
    clock.now += 10
    assert [limiter.wait(), limiter.wait()] == [0, 1]


def test_callers_that_arrive_together_get_slots_one_after_the_other() -> None:
    clock = Clock()
    limiter = RateLimiter(2, clock=clock, wait=clock.waits.append)
    for _ in range(4):
        limiter.wait()
    assert clock.waits == [0.5, 1.0, 1.5]


def test_rate_zero_never_waits() -> None:
    clock = Clock()
    limiter = pace(0, 3, clock)
    assert [limiter.wait() for _ in range(100)] == [0] * 100
    assert clock.waits == []


@pytest.mark.parametrize("rate", [-1, float("inf"), float("nan")])
def test_an_impossible_rate_is_refused(rate: float) -> None:
    with pytest.raises(ValueError, match="rate must be 0"):
        RateLimiter(rate)


def test_no_workers_are_refused() -> None:
    with pytest.raises(ValueError, match="workers must be at least 1"):
        RateLimiter(1, 0)
