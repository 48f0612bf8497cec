"""Deletes on the target what the journal says was created, at the end of a run or later."""

from __future__ import annotations

import re
import time
from collections.abc import Collection, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from osia_conformance.support.polling import eventually
from osia_conformance.support.secrets import ConfigurationError
from osia_conformance.target.outcome_errors import Unjudged
from osia_conformance.target.response import Response
from osia_conformance.target.retry import repeated_if_cut
from osia_conformance.target.run_budget import RunBudget
from osia_conformance.target.session import Session
from osia_conformance.target.statuses import DELETED, GONE, REFUSED, answered, status_phrase
from osia_conformance.verdict import journal
from osia_conformance.wire.status_codes import SUCCESSES

_WRITES = ("POST", "PUT", "PATCH")
_OF_ENROLLMENT = re.compile(r"[^?]*/v1/enrollments/([^/?]+)")
_CUT_OFF = "the call that writes it was cut off, so the target may still carry it out"
_LATE, _PAUSE = 2.0, 0.5
"""Seconds in which what a call that was cut off makes is waited for, and between two looks."""


def clean_up(
    session: Session, directory: Path, within: float | None = None, own: Collection[str] | None = None
) -> dict[str, str]:
    """Delete every enrollment of the journal's ledger that is not gone yet; return those that stay, and why.

    `within` is seconds after which the rest is left; `own` are the ids that may be deleted, None for all: of a
    journal that this process did not write, nobody else's.
    """
    left: dict[str, str] = {}
    session.start_check("clean-up", "deleteEnrollment")
    names = open_enrollments(journal.read(directory, "created", "deleted"))
    # Those that are being written now come last: these writes have most likely ended then.
    names = sorted((name for name in names if own is None or name in own), key=session.writes.__contains__)
    if names:
        until = None if within is None else time.time() + within
        session.target.start_part(RunBudget(until, "the time for cleaning up was over"))
    written = WrittenEnrollments(directory)
    for name in names:
        session.privacy.enrollments.add(name)
        try:
            reason = _delete(session, name, written)
            if reason is not None:
                left[name] = session.redactor.shortened(reason)
                session.journal.write("leftover", enrollment=name, reason=left[name])
        except journal.Unwritable as error:
            # It may be gone, and the next clean-up finds out; the others are tried all the same.
            left[name] = str(error)
    return left


def report_leftovers(session: Session, directory: Path) -> None:
    """Journal what an interrupted clean-up did not reach, of what the target may hold."""
    records = journal.read(directory, "created", "deleted", "leftover")
    known = {line["enrollment"] for line in records if line["kind"] == "leftover"}
    written = WrittenEnrollments(directory)
    for name in open_enrollments(records):
        if name not in known and (name in written or name in session.writes):
            session.journal.write("leftover", enrollment=name, reason="the clean-up was interrupted")


def open_enrollments(records: Sequence[dict[str, Any]]) -> list[str]:
    """Return the ids of the ledger that are not known to be gone, oldest first."""
    created = dict.fromkeys(line["enrollment"] for line in records if line["kind"] == "created")
    gone = {line["enrollment"] for line in records if line["kind"] == "deleted"}
    return [name for name in created if name not in gone]


class WrittenEnrollments:
    """The enrollments that the target may hold by the journal's exchanges, which are read when first asked for.

    Each got a write that was not refused, such as one without a response, and no delete that succeeded after it.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def __contains__(self, name: str) -> bool:
        return name in self._names

    @cached_property
    def _names(self) -> set[str]:
        names: set[str] = set()
        for line in journal.each(self._directory, "exchange"):
            request, response = line["request"], line["response"]
            found = _OF_ENROLLMENT.match(request["url"])
            if found and request["method"] in _WRITES and not (response and response["status"] in REFUSED):
                names.add(unquote(found[1]))
            if found and request["method"] == "DELETE" and response and response["status"] in SUCCESSES:
                names.discard(unquote(found[1]))
        return names


def _delete(session: Session, name: str, written: WrittenEnrollments) -> str | None:
    """Delete an enrollment; return why it stays, or may stay, None if it is gone or was never there."""
    under_way = name in session.writes
    try:
        response = repeated_if_cut(lambda: session.target.call("DELETE", name))
        reason = None if response.status in DELETED else _reason_left(session, name, written, response)
    except Unjudged as error:
        return error.reason if under_way or name in written else None
    except ConfigurationError as error:
        return str(error) if under_way or name in written else None
    if reason is None and under_way and response.status not in SUCCESSES:
        return _delete_once_written(session, name, written)
    if reason is None:
        session.journal.write("deleted", enrollment=name, status=response.status)
    return reason


def _delete_once_written(session: Session, name: str, written: WrittenEnrollments) -> str | None:
    """Delete an enrollment once no call of a thread can make it any more; return what `_delete` does.

    That it was not there before proves nothing: the create may have come after the delete.
    """
    within = min(session.availability.timeout, session.availability.budget.left())
    if session.writes.is_cut(name):
        return _delete_if_it_comes(session, name, min(_LATE, within))
    if session.writes.wait_until_ended(name, within):
        return _delete(session, name, written)
    return "a call that writes it was still under way when the clean-up ended"


def _delete_if_it_comes(session: Session, name: str, within: float) -> str | None:
    """Delete an enrollment that a call which was cut off may still make, within seconds; return why it may stay."""
    status = 0

    def is_deleted() -> bool:
        nonlocal status
        status = session.target.call("DELETE", name).status
        return status in SUCCESSES

    try:
        came = eventually(is_deleted, within, pause=_PAUSE, clock=session.availability.clock)
    except (Unjudged, ConfigurationError):
        came = None
    if came is None:
        return _CUT_OFF
    session.journal.write("deleted", enrollment=name, status=status)
    return None


def _reason_left(session: Session, name: str, written: WrittenEnrollments, refusal: Response) -> str | None:
    """Return why an enrollment may stay whose delete was refused; None if a read does not find it."""
    read = session.target.call("READ", name).status
    if read in GONE or (read in REFUSED and name not in written):
        return None
    return f"{answered(refusal)}, then readEnrollment {status_phrase(read)}"
