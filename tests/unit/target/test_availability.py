"""Retry-After, and how long it is waited for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from osia_conformance.target.availability import Availability
from osia_conformance.target.run_budget import RunBudget
from osia_conformance.wire.retry_after import retry_after


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("0", 0), ("120", 120), ("9" * 5000, float("inf")), ("soon", None), ("-1", None), ("", None), ("1.5", None)],
)
def test_retry_after_is_read_as_seconds(value: str, seconds: float | None) -> None:
    assert retry_after((("Retry-After", value),)) == seconds


def test_retry_after_is_read_as_a_date() -> None:
    now = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    for seconds, expected in ((90, 90), (-90, 0)):
        date = format_datetime(now + timedelta(seconds=seconds), usegmt=True)
        assert retry_after((("retry-after", date),), now) == expected


def test_nothing_is_waited_for_beyond_the_call_or_the_run() -> None:
    availability = Availability(10, RunBudget(None, "over"))
    headers = (("Retry-After", "5"),)
    assert (availability.retry_pause(headers, 9), availability.retry_pause(headers, 4)) == (5, None)
    assert availability.retry_pause((("Retry-After", "0"),), 9) == 0.2
    assert Availability(10, RunBudget(0, "over")).retry_pause(headers, 9) is None


def test_a_search_that_never_shows_anything_is_not_waited_for_again_and_again() -> None:
    availability = Availability(10, RunBudget(None, "over"))
    waited = []
    for seen in (False, False, True, False, False, False, False, True, False):
        waited.append(availability.search_timeout(5))
        availability.record_search(seen)
    assert waited == [5, 5, 5, 5, 5, 5, 0.5, 0.5, 5]
