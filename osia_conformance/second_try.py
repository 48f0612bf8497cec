"""A 500 is judged when it comes again (RUL-CODES): what it got in the way of is tried once more."""

from __future__ import annotations

from collections.abc import Callable

from osia_conformance.expectations import FailedStart, ServerError, Unjudged, Violation
from osia_conformance.session import Session


def settled(session: Session, body: Callable[[], None]) -> None:
    """Run `body`; where a 500 ends it, tidy up and run it again, with fresh ids and clean evidence.

    Raises what the last run raises. A 500 that did not come again is observed.
    """
    try:
        body()
    except (ServerError, FailedStart) as error:
        first = error
    else:
        return
    session.tidy()
    session.target.log.exchanges.clear()
    text = "a server error did not come again with the same kind of request"
    try:
        body()
    except (ServerError, FailedStart):
        raise
    except (Violation, Unjudged):
        session.target.observe("RUL-CODES", text, first.answer)
        raise
    session.target.observe("RUL-CODES", text, first.answer)
