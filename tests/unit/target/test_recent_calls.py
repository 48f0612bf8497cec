"""Which calls are suspected of having ended the service, by what was answered before and after them."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from osia_conformance.standard.operations import by_code
from osia_conformance.standard.versions import newest
from osia_conformance.target.recent_calls import RecentCalls, SentCall
from osia_conformance.target.request import Request


def call(
    code: str, began: float, ended: float | None = None, *, arrived: bool = True, gateway: bool = False
) -> SentCall:
    request = Request(by_code(newest())[code], code)
    return SentCall(request, {}, "a check", began, began + 0.5 if ended is None else ended, arrived, gateway)


def suspects(answered: Sequence[SentCall], unanswered: Sequence[SentCall]) -> list[str]:
    calls = RecentCalls()
    for one in answered:
        calls.record_answered(one)
    for one in unanswered:
        calls.record_unanswered(one)
    return [each.request.enrollment for each in calls.suspects()]


def test_nothing_is_suspected_before_the_first_call() -> None:
    assert suspects([], []) == []


def test_a_call_that_was_cut_off_is_suspected_and_none_behind_it() -> None:
    cut, after = call("CREATE", 2), call("READ", 3)
    assert suspects([call("FIND", 1)], [cut, after]) == ["CREATE"]


def test_calls_under_way_beside_it_are_suspected_too() -> None:
    assert suspects([], [call("CREATE", 1, 3), call("READ", 2, 4), call("FIND", 3.5)]) == ["CREATE", "READ"]


def test_the_last_answered_call_is_suspected_where_the_next_one_found_nobody() -> None:
    assert suspects([call("CREATE", 1)], [call("READ", 2, arrived=False)]) == ["CREATE"]


def test_of_a_gateways_answer_the_call_before_is_suspected_too() -> None:
    assert suspects([call("CREATE", 1)], [call("READ", 2, gateway=True), call("FIND", 3, gateway=True)]) == [
        "CREATE",
        "READ",
    ]


def test_what_ended_before_an_answered_call_was_sent_is_not_suspected() -> None:
    calls = RecentCalls()
    calls.record_unanswered(call("CREATE", 1))
    calls.record_answered(call("READ", 2))
    assert [each.request.enrollment for each in calls.suspects()] == ["READ"]
    calls.forget()
    assert calls.suspects() == []


def test_nobody_is_found_where_a_call_reaches_no_server_after_one_that_was_cut_off() -> None:
    calls = RecentCalls()
    calls.record_unanswered(call("CREATE", 1))
    assert not calls.found_nobody
    calls.record_unanswered(call("READ", 2, arrived=False))
    assert calls.found_nobody


@pytest.mark.parametrize(
    ("answered", "row", "count"),
    [
        ([], ["READ", "READ", "READ"], 0),
        ([], ["READ", "CREATE"], 2),
        (["READ"], ["READ"], 1),
        (["READ"], ["CREATE", "CREATE"], 0),
    ],
    ids=["one-operation", "two-operations", "one-that-was-answered", "another-that-was-not"],
)
def test_a_row_of_a_gateways_answers_counts_unless_one_operation_is_out_of_order(
    answered: list[str], row: list[str], count: int
) -> None:
    calls = RecentCalls()
    for at, code in enumerate(answered):
        calls.record_answered(call(code, at))
    for at, code in enumerate(row):
        calls.record_unanswered(call(code, 10 + at, gateway=True))
    assert calls.gateway_row == count
