"""What is tried once more: what a first 500 got in the way of (RUL-CODES), and what did not pass on what was lent."""

from __future__ import annotations

from collections.abc import Callable

from osia_conformance.exchange import Answer
from osia_conformance.expectations import FailedStart, ServerError, Unjudged, Violation
from osia_conformance.session import Session


def settled(session: Session, body: Callable[[], None]) -> None:
    """Run `body`; where a 500 ends it, or it borrowed and did not pass, tidy up and run it again, with fresh ids and
    clean evidence.

    Raises what the last run raises: a 500 once the same operation has answered it twice. One that did not come
    again is observed.
    """
    failed: dict[str, Answer] = {}

    def again() -> None:
        session.tidy()
        session.target.log.exchanges.clear()

    try:
        while not _ended(lambda: session.lender.settle(body, again), failed):
            again()
    except (ServerError, FailedStart):
        raise
    except (Violation, Unjudged):
        _observe(session, failed)
        raise
    _observe(session, failed)


def _ended(body: Callable[[], None], failed: dict[str, Answer]) -> bool:
    """Run `body` and return whether it ended without a first 500 of an operation; that is put into `failed`."""
    try:
        body()
    except (ServerError, FailedStart) as error:
        if error.answer is None or error.answer.operation in failed:
            raise
        failed[error.answer.operation] = error.answer
        return False
    return True


def _observe(session: Session, failed: dict[str, Answer]) -> None:
    for answer in failed.values():
        text = "a server error did not come again with the same kind of request"
        session.target.observe("RUL-CODES", text, answer)
