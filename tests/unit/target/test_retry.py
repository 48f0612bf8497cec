"""Which requests are sent again, and which checks are run again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from osia_conformance.run.execution import Check, judge
from osia_conformance.standard.operations import by_code
from osia_conformance.target.cleanup import clean_up
from osia_conformance.target.outcome_errors import CannotTell, ConnectionClosed, Untested
from osia_conformance.target.request import Request
from osia_conformance.target.response import Response
from osia_conformance.target.retry import RetryPolicy, judged_with_retry, repeated_if_cut
from osia_conformance.target.session import Session
from osia_conformance.verdict import journal
from osia_conformance.wire.errors import ConnectionLost, NoAnswer
from osia_conformance.wire.retry_after import retry_after


def put_off(status: int, seconds: str) -> Response:
    return Response("readEnrollment", "main.1", status, headers=(("Retry-After", seconds),))


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


def test_nothing_is_waited_for_beyond_the_time_that_is_left() -> None:
    policy = RetryPolicy()
    assert [policy.pause(put_off(503, "5"), left) for left in (9, 4)] == [5, None]
    assert policy.pause(put_off(503, "0"), 9) == 0.2
    assert policy.pause(Response("readEnrollment", "main.1", 503), 9) is None


def test_after_two_requests_that_waited_in_vain_none_waits_until_one_is_served() -> None:
    policy = RetryPolicy()
    assert [policy.record_put_off() for _ in range(2)] == [False, True]
    assert policy.pause(put_off(503, "1"), 9) is None
    policy.record_served()
    assert policy.pause(put_off(503, "1"), 9) == 1


@pytest.mark.parametrize(
    ("code", "status", "again"), [("READ", 503, True), ("CREATE", 429, True), ("CREATE", 503, False)]
)
def test_the_very_request_is_sent_again_where_it_did_nothing(code: str, status: int, again: bool) -> None:
    assert RetryPolicy().may_repeat(Request(by_code()[code]), put_off(status, "1")) is again


def failing(*errors: Exception | None) -> tuple[Callable[[], Response], list[int]]:
    """Return a call that raises one error after the other, None for a response, and how often it was called."""
    left, calls = iter(errors), [0]

    def send() -> Response:
        calls[0] += 1
        error = next(left)
        if error is not None:
            raise error
        return Response("deleteEnrollment", "main.1", 204)

    return send, calls


def cut(kind: type[NoAnswer]) -> CannotTell:
    error = CannotTell("no answer")
    error.__cause__ = kind("the server closed the connection without an answer", sent=True)
    return error


def test_a_delete_is_repeated_once_where_its_connection_was_cut() -> None:
    send, calls = failing(cut(ConnectionLost), None)
    assert (repeated_if_cut(send).status, calls) == (204, [2])
    send, calls = failing(cut(ConnectionLost), cut(ConnectionLost), None)
    with pytest.raises(CannotTell):
        repeated_if_cut(send)
    assert calls == [2]


@pytest.mark.parametrize("error", [cut(NoAnswer), Untested("lost")])
def test_nothing_else_is_repeated(error: Exception) -> None:
    send, calls = failing(error, None)
    with pytest.raises(type(error)):
        repeated_if_cut(send)
    assert calls == [1]


def test_a_check_is_run_again_where_a_kept_connection_was_closed_under_it(session: Session, tmp_path: Path) -> None:
    ids = []
    errors = iter([ConnectionClosed("closed", "readEnrollment"), None])

    def body() -> None:
        ids.append(session.enrollments().created().id)
        if error := next(errors):
            raise error

    judged_with_retry(session, body)
    assert len(set(ids)) == 2
    (seen,) = (line for line in journal.read(tmp_path) if line["kind"] == "observation")
    assert (seen["ruling"], "closed under a call" in seen["text"]) == ("RUL-REPRESENTATION", True)


def test_a_check_whose_connection_is_closed_twice_cannot_be_judged(session: Session) -> None:
    send, calls = failing(*[ConnectionClosed("closed", "readEnrollment") for _ in range(2)])
    with pytest.raises(ConnectionClosed):
        judged_with_retry(session, send)  # type: ignore[arg-type]
    assert calls == [2]


@pytest.mark.parametrize(("reused", "outcome"), [(True, "passed"), (False, "cantTell")])
def test_only_a_connection_that_was_kept_makes_a_check_run_again(
    session: Session, monkeypatch: pytest.MonkeyPatch, reused: bool, outcome: str
) -> None:
    send, errors = session.wire.send, [ConnectionLost("the server closed the connection without an answer", sent=True)]
    errors[0].reused = reused

    def cut_at_first(*arguments: Any, **options: Any) -> Any:
        if errors:
            raise errors.pop()
        return send(*arguments, **options)

    monkeypatch.setattr(session.wire, "send", cut_at_first)
    check = Check("create", "ENR-CREATE-01", "createEnrollment")
    assert judge(session, check, lambda: session.enrollments().created()).outcome == outcome


def test_a_delete_of_a_clean_up_is_sent_again_where_its_connection_was_cut(
    session: Session, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    made = session.enrollments().created()
    send, errors = session.wire.send, [ConnectionLost("the server closed the connection without an answer", sent=True)]

    def cut_delete(method: str, *arguments: Any, **options: Any) -> Any:
        if errors and method == "DELETE":
            raise errors.pop()
        return send(method, *arguments, **options)

    monkeypatch.setattr(session.wire, "send", cut_delete)
    assert clean_up(session, tmp_path) == {}
    assert made.read().status == 404
