"""What becomes of a finalized enrollment by itself: asynchronous processing may change or archive it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

from osia_conformance.support.compare import differences
from osia_conformance.target.enrollment.enrollment import Enrollment
from osia_conformance.target.enrollment.enrollments import Enrollments
from osia_conformance.target.enrollment.payloads import Json, SentNames
from osia_conformance.target.outcome_errors import CannotTell, FailedStart, Inapplicable, ServerError, Violation
from osia_conformance.target.response import NotJson
from osia_conformance.target.statuses import GONE, SUCCESS, precondition

_TEXT = "finalized enrollments are changed or archived by the server itself"


@dataclass(frozen=True, slots=True)
class _Control:
    """A finalized enrollment that nobody touches, as it was read, and when (seconds of the monotonic clock)."""

    enrollment: Enrollment
    seen: Json
    since: float


def processes_finalized(enrollments: Enrollments, control: _Control | None = None) -> bool:
    """Return whether the server goes on with finalized enrollments by itself, and observe it if so.

    One that nobody touches shows it, `control` if there is one: what is read of it changes, or is gone
    (RUL-AFTER-FINALIZED). What it showed once holds for all checks.
    """
    try:
        seen = enrollments.session.finalized_processing.is_seen(
            lambda: _archives_at_once(enrollments) or _goes_on(enrollments, control or _begun(enrollments)),
            enrollments.session.visibility.waiting,
        )
    except FailedStart:
        raise
    except CannotTell:
        return False
    if seen:
        enrollments.target.observe("RUL-AFTER-FINALIZED", _TEXT)
    return seen


@contextmanager
def unless_processed(enrollments: Enrollments) -> Iterator[Callable[[], None]]:
    """Judge what happens to a finalized enrollment; ends as Inapplicable where the server processes such ones.

    Yields what a check calls before it waits itself: the time that processing may take passes meanwhile.
    """
    controls: list[_Control] = []
    try:
        yield lambda: controls.append(_begun(enrollments))
    except (ServerError, FailedStart):
        raise
    except (Violation, CannotTell) as error:
        if not processes_finalized(enrollments, *controls):
            raise
        raise Inapplicable(f"{_TEXT}, so it cannot be seen what a call does to them") from error


def _archives_at_once(enrollments: Enrollments) -> bool:
    control = enrollments.created()
    precondition(control.finalize())
    return control.read().status in GONE


def _begun(enrollments: Enrollments) -> _Control:
    return _Control(*enrollments.finalized(), time.monotonic())


def _goes_on(enrollments: Enrollments, control: _Control) -> bool:
    sent, passed = enrollments.payloads.sent, time.monotonic() - control.since
    differs = partial(_differs, control.enrollment, control.seen, sent)
    return enrollments.eventually("processing", differs, passed=passed) is not None


def _differs(enrollment: Enrollment, seen: Json, sent: SentNames) -> bool:
    response = enrollment.read()
    if response.status not in SUCCESS:
        return response.status in GONE
    try:
        now = sent.only(response.json())
    except NotJson:
        return False
    before = sent.only(seen)
    return bool(differences(before, now) or differences(now, before))
