"""What is tried once more: what a first 500 got in the way of (RUL-CODES), and what did not pass on what was lent."""

from __future__ import annotations

from collections.abc import Callable

from osia_conformance.target.outcome_errors import FailedStart, ServerError, Unjudged, Violation
from osia_conformance.target.response import Response
from osia_conformance.target.session import Session


def judged_with_retry(session: Session, body: Callable[[], None]) -> None:
    """Run `body`; where a 500 ends it, or it borrowed and did not pass, tidy up and run it again, with fresh ids and
    clean evidence.

    Raises what the last run raises: a 500 once the same operation has answered it twice. One that did not come
    again is observed.
    """
    failed: dict[str, Response] = {}

    def again() -> None:
        session.tidy()
        session.target.log.exchanges.clear()

    try:
        while not _ended(lambda: session.shared.run_again_if_shared(body, again), failed):
            again()
    except (ServerError, FailedStart):
        raise
    except (Violation, Unjudged):
        _observe(session, failed)
        raise
    _observe(session, failed)


def _ended(body: Callable[[], None], failed: dict[str, Response]) -> bool:
    """Run `body` and return whether it ended without a first 500 of an operation; that is put into `failed`."""
    try:
        body()
    except (ServerError, FailedStart) as error:
        if error.response is None or error.response.operation in failed:
            raise
        failed[error.response.operation] = error.response
        return False
    return True


def _observe(session: Session, failed: dict[str, Response]) -> None:
    for response in failed.values():
        text = "a server error did not come again with the same kind of request"
        session.target.observe("RUL-CODES", text, response)
