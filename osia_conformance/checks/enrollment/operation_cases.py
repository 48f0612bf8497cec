"""Each operation with all it needs on the target, ready to be called: well, or with one thing off."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Unpack

from osia_conformance.checks.assertions import expect, expect_status, expect_unchanged
from osia_conformance.standard.operations import OPERATIONS, READING, WRITING_OPERATIONS
from osia_conformance.target.enrollment.enrollment import Enrollment
from osia_conformance.target.enrollment.enrollments import Enrollments
from osia_conformance.target.enrollment.payloads import Json
from osia_conformance.target.outcome_errors import Untested
from osia_conformance.target.request import RequestOptions
from osia_conformance.target.response import Response
from osia_conformance.target.sharing import SharedStateChanged
from osia_conformance.target.statuses import GONE, SUCCESS

OPERATION_CODES = tuple(operation.code for operation in OPERATIONS)
CHANGING_OPERATIONS = ("CREATE", "UPDATE", "PATCH", "DELETE", "FINALIZE")
"""The operations that have an effect on the enrollment itself."""
CACHED = ("READ", "BUFREAD")
"""The operations by GET, whose answers a cache may keep (RFC 9111)."""

EVERY_BYTE = bytes(range(256))


class OperationCase:
    """One operation on an enrollment of its own."""

    def __init__(self, enrollments: Enrollments, code: str, *, shared: bool = False) -> None:
        self.code = code
        self._is_shared = shared
        self.enrollments = enrollments
        self.enrollment, self.buffer = _prepared(enrollments, code)
        self._before: Json | None = None

    def call(self, **options: Unpack[RequestOptions]) -> Response:
        """Send the operation once, with plain valid data but for `options`, and return the response.

        Raises SharedStateChanged if others use the enrollment too, and it is not there, or was changed.
        """
        response = send_operation(self.code, self.enrollment, self.enrollments, buffer=self.buffer, **options)
        changed = response.status in SUCCESS and self.code not in READING
        if self._is_shared and (changed or response.status in GONE):
            raise SharedStateChanged
        return response

    def remember(self) -> None:
        """Keep the enrollment as it is now, for `expect_no_effect`."""
        self._before = None if self.code == "CREATE" else self.enrollment.record()

    def expect_no_effect(self) -> None:
        """Judge that the refused call changed nothing since `remember`."""
        if self._before is None:
            exists, response = self.enrollment.existence()
            expect(not exists, "no enrollment after the refused call", "it can be read", response)
            return
        expect_status(self.enrollment.read(), SUCCESS, what="the enrollment after the refused call")
        sent = self.enrollments.payloads.sent
        expect_unchanged(self._before, *self.enrollment.shown(), names=sent)


def case_to_refuse(enrollments: Enrollments, code: str) -> OperationCase:
    """Return an operation for a call that must have no effect; all such calls share its enrollment.

    What is read has been read once before: a cache in front of the server that answers anybody then shows.
    """

    def made(some: Enrollments) -> OperationCase:
        subject = OperationCase(some, code, shared=some is not enrollments)
        if code in CACHED:
            subject.call()
        return subject

    return enrollments.session.shared.obtain(enrollments, refused_label(code), made)


def refused_label(code: str) -> str:
    """Return the label under which calls of an operation that must have no effect share an enrollment."""
    return f"refused {code}"


def shared_enrollment_for_buffers(enrollments: Enrollments) -> Enrollment:
    """Return an enrollment to send buffers to; all checks that look at one buffer alone share it."""
    return enrollments.session.shared.obtain(enrollments, "buffers", lambda some: some.created())


def _prepared(enrollments: Enrollments, code: str) -> tuple[Enrollment, str]:
    if code == "BUFREAD":
        return enrollments.existing_buffer(EVERY_BYTE)
    if code == "CREATE":
        return enrollments.new(), ""
    return enrollments.existing() if code in READING else enrollments.created(), ""


def send_operation(
    code: str, enrollment: Enrollment, enrollments: Enrollments, *, buffer: str = "", **options: Unpack[RequestOptions]
) -> Response:
    """Send the operation `code` for an enrollment, with plain valid data."""
    if code in WRITING_OPERATIONS:
        return enrollment.write(code, plain_body(enrollments, code), **options)
    plain: dict[str, Callable[[], Response]] = {
        "READ": lambda: enrollment.read(**options),
        "DELETE": lambda: enrollment.delete(**options),
        "FINALIZE": lambda: enrollment.finalize(**options),
        "FIND": lambda: enrollments.find(**options),
        "BUFWRITE": lambda: enrollment.send_buffer(EVERY_BYTE, **options),
        "BUFREAD": lambda: enrollment.read_buffer(buffer, **options),
    }
    return plain[code]()


def plain_body(enrollments: Enrollments, code: str, status: str = "IN_PROGRESS") -> Json:
    """Return the body of a plain create, update or patch; a patch says nothing of the status."""
    if code == "PATCH":
        return plain_patch(enrollments)
    return changed_enrollment(enrollments, status) if code == "UPDATE" else enrollments.canonical(status=status)


def changed_enrollment(enrollments: Enrollments, status: str = "IN_PROGRESS", **members: Any) -> Json:
    """Return the canonical enrollment with other biographic data and other documents: a plain update."""
    body = enrollments.canonical(status=status, **other_members(enrollments, 2))
    body["documentData"] = [enrollments.payloads.passport("second")]
    return {**body, **members}


def plain_patch(enrollments: Enrollments) -> Json:
    """Return a patch that changes one biographic member."""
    return {"biographicData": other_member(enrollments)}


def other_member(enrollments: Enrollments, number: int = 0) -> Json:
    """Return one biographic member with another value than the canonical one, as the profile allows it.

    Different numbers give different ones, as far as there are; Untested if the profile leaves no choice at all.
    """
    changes = enrollments.payloads.changes
    if not changes:
        raise Untested("the profile gives each biographic member one value only; state a schema or more examples")
    return dict(changes[number % len(changes)])


def other_members(enrollments: Enrollments, count: int) -> Json:
    """Return up to `count` biographic members with other values that go together; Untested if there is none."""
    members = other_member(enrollments)
    for change in enrollments.payloads.changes:
        more = {**change, **members}
        if len(more) <= count and enrollments.payloads.fits(more):
            members = more
    return members
