"""What is done again: a request that was put off, a check that a first 500 or a closed connection ended (RUL-CODES)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from osia_conformance.standard.operations import READING
from osia_conformance.target.outcome_errors import (
    CannotTell,
    ConnectionClosed,
    FailedStart,
    ServerError,
    ServiceRestarted,
    Unjudged,
    Violation,
)
from osia_conformance.target.request import Request
from osia_conformance.target.response import Response
from osia_conformance.wire.errors import ConnectionLost
from osia_conformance.wire.retry_after import retry_after
from osia_conformance.wire.streaming import Upload

if TYPE_CHECKING:
    from osia_conformance.target.session import Session

_TOO_MANY = 429
_PUT_OFF_IN_ROW = 2
"""After so many requests in a row that were put off to their end, the target may serve nobody."""

_SHORTEST_PAUSE = 0.2
"""Seconds that are waited at least: a Retry-After of 0 must not become a flood of requests."""

_NOT_REPEATED = "a server error did not come again with the same kind of request"
_CLOSED = "a kept connection was closed under a call, and the check was run again with fresh ids"


class RetryPolicy:
    """Says, for one session, when a request that was put off by 429 or 503 is sent again (RFC 9110, 10.2.3)."""

    def __init__(self) -> None:
        self._put_off_in_row = 0

    def pause(self, response: Response, left: float) -> float | None:
        """Return the seconds to wait before the request is sent again, None if it is not.

        `left` is what is left of the request's time, in seconds. It is not sent again without a Retry-After, with one
        that leads beyond `left`, or after two requests in a row that were put off to their end.
        """
        asked = retry_after(response.headers)
        if asked is None or asked >= left or self._put_off_in_row >= _PUT_OFF_IN_ROW:
            return None
        return max(asked, _SHORTEST_PAUSE)

    def may_repeat(self, request: Request, response: Response) -> bool:
        """Return whether the very same request may be sent again: it did nothing, or only read."""
        harmless = response.status == _TOO_MANY or request.operation.code in READING
        return harmless and not isinstance(request.body, Upload)

    def record_served(self) -> None:
        """Note a response that does not put off."""
        self._put_off_in_row = 0

    def record_put_off(self) -> bool:
        """Note that a request was put off to its end; return whether the target may serve nobody."""
        self._put_off_in_row += 1
        return self._put_off_in_row >= _PUT_OFF_IN_ROW

    def start_part(self) -> None:
        """Start a part of the run, for which earlier requests do not count."""
        self._put_off_in_row = 0


def repeated_if_cut(send: Callable[[], Response]) -> Response:
    """Send a request that may be repeated, such as a DELETE; once more if the connection was cut under it."""
    try:
        return send()
    except CannotTell as error:
        if not isinstance(error.__cause__, ConnectionLost):
            raise
    return send()


def judged_with_retry(session: Session, body: Callable[[], None]) -> None:
    """Run the body of a check, and run it again where a first 500 or a closed connection ends it, or where it used
    shared resources and did not pass. Before each run what the last one created is deleted and its evidence dropped.

    Raises what the last run raises: a 500 once the same operation has answered it twice. A 500 that did not come
    again is observed.
    """
    first: dict[tuple[type, str], FailedStart | ServerError] = {}

    def reset() -> None:
        session.delete_created()
        session.evidence.exchanges.clear()

    try:
        while not _ended(lambda: session.shared.run_again_if_shared(body, reset), first):
            reset()
    except (ServerError, FailedStart):
        raise
    except (Violation, Unjudged):
        _observe(session, first)
        raise
    _observe(session, first)


def _ended(body: Callable[[], None], first: dict[tuple[type, str], FailedStart | ServerError]) -> bool:
    """Run `body`; return False if a first failure of its kind and operation ended it, which is put into `first`."""
    try:
        body()
    except (ServerError, FailedStart) as error:
        kind = next((one for one in (ConnectionClosed, ServiceRestarted) if isinstance(error, one)), ServerError)
        if not error.operation or (kind, error.operation) in first:
            raise
        first[kind, error.operation] = error
        return False
    return True


def _observe(session: Session, first: dict[tuple[type, str], FailedStart | ServerError]) -> None:
    for error in first.values():
        if isinstance(error, ConnectionClosed):
            session.target.observe("RUL-REPRESENTATION", _CLOSED)
        elif not isinstance(error, ServiceRestarted):
            session.target.observe("RUL-CODES", _NOT_REPEATED, error.response)
