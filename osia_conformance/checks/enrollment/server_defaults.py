"""Members that nobody sent: defaults of the server's own are free where the schema is open (RUL-ECHO)."""

from __future__ import annotations

from osia_conformance.checks.accessors import member
from osia_conformance.target.enrollment.enrollments import Enrollments
from osia_conformance.target.enrollment.payloads import Json

_ABSENT = object()


def is_server_default(enrollments: Enrollments, body: Json, record: Json, *path: str) -> bool:
    """Return whether the record is, at `path`, as one that the target has just created from `body`.

    What stands there beyond `body` is then a default, and not what was there before.
    """
    other = enrollments.created(body).record()
    sent = enrollments.payloads.sent
    shown, wanted = (member(sent.only(one), *path, default=_ABSENT) for one in (record, other))
    return bool(shown == wanted)
