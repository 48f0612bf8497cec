"""What becomes of a finalized enrollment by itself: asynchronous processing may change or archive it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from osia_conformance.echo import differences
from osia_conformance.enrollments import Enrollment, Enrollments
from osia_conformance.exchange import NotJson
from osia_conformance.expectations import (
    DONE,
    CannotTell,
    FailedStart,
    Inapplicable,
    ServerError,
    Violation,
    eventually,
)
from osia_conformance.samples import Json, ours

GONE = (404, 410)


@contextmanager
def unless_processed(enrollments: Enrollments) -> Iterator[None]:
    """Judge what happens to a finalized enrollment, unless this server goes on with such ones by itself.

    That is shown by another one, which nobody touches; it is observed, and the block ends as Inapplicable
    (RUL-AFTER-FINALIZED).
    """
    witness, seen = enrollments.finalized()
    try:
        yield
    except (ServerError, FailedStart):
        raise
    except (Violation, CannotTell) as error:
        if eventually(lambda: _differs(witness, seen), enrollments.visible_within) is None:
            raise
        text = "finalized enrollments are changed or archived by the server itself"
        enrollments.target.observe("RUL-AFTER-FINALIZED", text, getattr(error, "answer", None))
        raise Inapplicable(f"{text}, so it cannot be seen what a call does to them") from error


def _differs(enrollment: Enrollment, seen: Json) -> bool:
    answer = enrollment.read()
    if answer.status not in DONE:
        return answer.status in GONE
    try:
        now = ours(answer.json())
    except NotJson:
        return False
    return bool(differences(ours(seen), now) or differences(now, ours(seen)))
