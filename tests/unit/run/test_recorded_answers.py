"""A recorded answer comes again as it was before records of others were taken out, within limits."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from osia_conformance.run.recorded_answers import RecordedAnswers
from osia_conformance.run.recorded_shrinking import RecordedShrinkBudget
from osia_conformance.target.privacy import WITHHELD


def answered(tmp_path: Path, **members: Any) -> list[Any]:
    """Return the records of a search's answer of which one was ours."""
    line = {
        "kind": "exchange",
        "check": "find/one",
        "operation": "findEnrollments",
        "request": {"method": "POST", "url": "http://localhost/find", "size": 0, "body": ""},
        "response": {"status": 200, "headers": [], "truncated": False, "size": 10, "body": '[{"a": 1}]'},
        "error": None,
        "withheld": 0,
        **members,
    }
    request = httpx.Request("POST", "http://localhost/find", extensions={"target": b"/find"})
    found: list[Any] = json.loads(RecordedAnswers([line], tmp_path).handle_request(request).read())
    return found


def test_as_many_records_as_were_withheld_come_again(tmp_path: Path) -> None:
    assert answered(tmp_path) == [{"a": 1}]
    assert answered(tmp_path, withheld=2) == [{"a": 1}, *[{"enrollmentId": WITHHELD}] * 2]


def test_those_without_a_name_come_again_without_one(tmp_path: Path) -> None:
    assert answered(tmp_path, withheld=2, unnamed=1) == [{"a": 1}, {}, {"enrollmentId": WITHHELD}]


@pytest.mark.parametrize("count", [10**9, 10**30, 1e300])
def test_no_more_come_than_an_answer_can_have_that_is_read(count: float, tmp_path: Path) -> None:
    assert len(answered(tmp_path, withheld=count, unnamed=count)) == 50_001


def exchange(
    status: int, transaction: int, *, check: str = "read/one", method: str = "GET", path: str = "/a"
) -> dict[str, Any]:
    url = f"http://localhost{path}?transactionId={transaction}"
    return {
        "kind": "exchange",
        "check": check,
        "operation": "readEnrollment",
        "request": {
            "method": method,
            "url": url,
            "size": 0,
            "body": "",
        },
        "response": {"status": status, "headers": [["Date", str(transaction)]], "truncated": False, "size": 0},
        "error": None,
        "withheld": 0,
    }


def answers_after(lines: list[dict[str, Any]], *asked: int) -> RecordedAnswers:
    """Return the answers that these lines give after a check has read /a under these transaction ids."""
    answers = RecordedAnswers(lines, Path())
    answers.begin("read/one")
    for transaction in asked:
        target = f"/a?transactionId={transaction}".encode()
        answers.handle_request(httpx.Request("GET", "http://localhost/", extensions={"target": target}))
    return answers


def is_as_recorded(lines: list[dict[str, Any]], *asked: int) -> bool:
    return answers_after(lines, *asked).as_recorded


def test_a_check_is_as_recorded_if_each_call_gets_its_own_answer_and_none_is_left() -> None:
    lines = [exchange(404, 1), exchange(200, 2)]
    assert is_as_recorded(lines, 1, 2)
    assert not is_as_recorded(lines, 1)
    assert not is_as_recorded(lines, 1, 7)
    assert is_as_recorded([*lines, exchange(500, 3, check="read/other")], 1, 2)


def test_one_more_poll_or_one_less_is_as_recorded_if_it_says_the_same() -> None:
    lines = [exchange(404, 1), exchange(404, 2)]
    assert is_as_recorded(lines, 1)
    assert is_as_recorded(lines, 1, 2, 3)
    assert not is_as_recorded([*lines, exchange(200, 4)], 1, 2)


def test_the_answer_to_another_check_is_not_its_own() -> None:
    assert not is_as_recorded([exchange(404, 1, check="read/other")], 1)


@pytest.mark.parametrize(
    ("further", "is_over"),
    [
        ([], True),
        ([exchange(404, 2)], True),
        ([exchange(204, 2, method="DELETE", path="/b")], True),
        ([exchange(404, 2, path="/b", check="read/other")], True),
        ([exchange(200, 2)], False),
        ([exchange(404, 2, path="/b")], False),
    ],
    ids=["nothing more", "one more poll", "clean-up", "another check", "another answer", "another call"],
)
def test_an_example_is_made_smaller_as_long_as_its_check_went_on(further: list[dict[str, Any]], is_over: bool) -> None:
    budget = RecordedShrinkBudget("quick", answers_after([exchange(404, 1), *further], 1))
    assert budget.allowance(lambda: 10**6).is_over == is_over
    assert (budget.is_spent, budget.knows("a symptom")) == (False, False)
