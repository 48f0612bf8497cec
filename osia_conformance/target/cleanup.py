"""Deletes on the target what the journal's ledger holds, at the end of a run or later."""

from __future__ import annotations

import re
import time
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from osia_conformance.support.secrets import ConfigurationError
from osia_conformance.target.enrollment.enrollments import GONE
from osia_conformance.target.outcome_errors import Unjudged
from osia_conformance.target.run_budget import RunBudget
from osia_conformance.target.session import Session
from osia_conformance.target.statuses import NOT_AUTHORIZED, REFUSED, answered, status_phrase
from osia_conformance.verdict import journal

_WRITES = ("POST", "PUT", "PATCH")
_NAMED = re.compile(r"/v1/enrollments/([^/?]+)")


def clean_up(
    session: Session, directory: Path, within: float | None = None, own: Collection[str] | None = None
) -> dict[str, str]:
    """Delete every enrollment of the journal's ledger that is not gone yet; return those that stay, and why.

    `within` is seconds after which the rest is left; `own` are the ids that may be deleted, None for all: of a
    journal that this process did not write, nobody else's.
    """
    left: dict[str, str] = {}
    session.start("clean-up", "deleteEnrollment")
    names = open_enrollments(journal.read(directory, "created", "deleted"))
    names = [name for name in names if own is None or name in own]
    if names:
        until = None if within is None else time.time() + within
        session.target.resume(RunBudget(until, "the time for cleaning up was over"))
    made = _Made(session.run.url, directory)
    for name in names:
        session.target.privacy.enrollments.add(name)
        try:
            reason = _delete(session, name, made)
            if reason is not None:
                left[name] = session.redactor.shortened(reason)
                session.journal.write("leftover", enrollment=name, reason=left[name])
        except journal.Unwritable as error:
            # It may be gone, and the next clean-up finds out; the others are tried all the same.
            left[name] = str(error)
    return left


def report_leftovers(session: Session, directory: Path) -> None:
    """Journal what an interrupted clean-up did not come to."""
    records = journal.read(directory, "created", "deleted", "leftover")
    told = {line["enrollment"] for line in records if line["kind"] == "leftover"}
    for name in open_enrollments(records):
        if name not in told:
            session.journal.write("leftover", enrollment=name, reason="the clean-up was interrupted")


def open_enrollments(records: Sequence[dict[str, Any]]) -> list[str]:
    """Return the ids of the ledger that are not known to be gone, oldest first."""
    created = dict.fromkeys(line["enrollment"] for line in records if line["kind"] == "created")
    gone = {line["enrollment"] for line in records if line["kind"] == "deleted"}
    return [name for name in created if name not in gone]


class _Made:
    """Which enrollments the target may hold: those of which not every write was refused. Read when first asked."""

    def __init__(self, url: str, directory: Path) -> None:
        self._url = url
        self._directory = directory
        self._refused: set[str] | None = None

    def __contains__(self, name: str) -> bool:
        if self._refused is None:
            self._refused = self._only_refused()
        return name not in self._refused

    def _only_refused(self) -> set[str]:
        refused: set[str] = set()
        taken: set[str] = set()
        for line in journal.read(self._directory, "exchange"):
            found = _NAMED.match(line["request"]["url"].removeprefix(self._url))
            if found and line["request"]["method"] in _WRITES:
                response = line["response"]
                (refused if response and response["status"] in REFUSED else taken).add(unquote(found[1]))
        return refused - taken


def _delete(session: Session, name: str, made: _Made) -> str | None:
    """Return why the enrollment stays, or may stay; None if it is gone."""
    try:
        response = session.target.call("DELETE", enrollment=name)
        if response.status not in GONE:
            # An id that the server would not take may be refused here too; what cannot be read is not there,
            read = session.target.call("READ", enrollment=name).status
            # unless it is our token that keeps us out.
            if read not in REFUSED or (read in NOT_AUTHORIZED and name in made):
                return f"{answered(response)}, then readEnrollment {status_phrase(read)}"
    except Unjudged as error:
        return error.reason
    except ConfigurationError as error:
        return str(error)
    session.journal.write("deleted", enrollment=name, status=response.status)
    return None
