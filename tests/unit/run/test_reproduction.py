"""The commands of a failure: up to the call that showed it, and from the first that concerns it."""

from __future__ import annotations

from typing import Any

import pytest

from osia_conformance.run.reproduction import reproducing

URL = "https://target.example/identity/v1/enrollments"
OURS, OTHERS = "osiaabcdefghabcdefghij", "osiaabcdefghzzzzzzzzzz"


def call(name: str, path: str = "", body: str = "") -> dict[str, Any]:
    return {"id": name, "request": {"url": f"{URL}{path}?transactionId=1", "body": body}}


@pytest.mark.parametrize(
    ("calls", "decisive", "kept"),
    [
        # One enrollment.
        ([("1", "/a"), ("2", "/a"), ("3", "/a")], "2", "12"),
        # Several tried in turn, each searched for: those before are left out, and their search.
        ([("1", "/a", "x"), ("2", "/a"), ("3", "", OURS), ("4", "/b", "y"), ("5", "/b/buffer/7")], "5", "45"),
        # What happens to another one after the first call of this one may matter.
        ([("1", "/c", "z"), ("2", "/a", "x"), ("3", "/b", "y"), ("4", "/a"), ("5", "/b")], "5", "345"),
        # A body that names another enrollment, or is the same as the other's.
        ([("1", "/a", "x"), ("2", "/b", "a"), ("3", "/b")], "3", "123"),
        ([("1", "/a", "x"), ("2", "/b", "x")], "2", "12"),
        # A search: of its own marker, or of none.
        ([("1", "/a", OTHERS), ("2", "/b", OURS), ("3", "", OURS)], "3", "23"),
        ([("1", "/a", OTHERS), ("2", "/b", OURS), ("3", "", "{")], "3", "123"),
        ([("1", "/a", OTHERS), ("2", "", OURS)], "2", "2"),
        # An exchange that is not there.
        ([("1", "/a"), ("2", "/b")], None, "12"),
    ],
)
def test_the_calls_begin_with_the_first_that_concerns_the_last(
    calls: list[tuple[str, ...]], decisive: str | None, kept: str
) -> None:
    assert [each["id"] for each in reproducing([call(*one) for one in calls], decisive)] == list(kept)


def test_the_id_of_an_enrollment_is_compared_decoded() -> None:
    calls = [call("1", "/x"), call("2", "/a%2Eb"), call("3", "/a.b")]
    assert [each["id"] for each in reproducing(calls, "3")] == ["2", "3"]
