"""The nine operations of the Enrollment interface: codes, operationIds, methods, paths, scopes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal

from packaging.version import Version

from osia_conformance.support.json_pointer import escaped

READ = "enroll.read"
WRITE = "enroll.write"
BUFFER_READ = "enroll.buf.read"
BUFFER_WRITE = "enroll.buf.write"
SCOPES = (READ, WRITE, BUFFER_READ, BUFFER_WRITE)

OLDEST = "1.0.0"
LATER = "1.1.0"

_COLLECTION = "/v1/enrollments"
_ONE = _COLLECTION + "/{enrollmentId}"


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation: `code` is ours and stays over versions, `id` and `name` are the standard's."""

    code: str
    id: str
    method: str
    path: str
    scope: str
    success: int
    name: str = ""
    body: Literal["json", "bytes"] | None = None

    @property
    def pointer(self) -> str:
        """The JSON pointer to the operation in openapi.yaml (RFC 6901)."""
        return f"/paths/{escaped(self.path)}/{self.method.lower()}"


OPERATIONS = (
    Operation("CREATE", "createEnrollment", "POST", _ONE, WRITE, 201, "Create Enrollment", "json"),
    Operation("READ", "readEnrollment", "GET", _ONE, READ, 200, "Read Enrollment"),
    Operation("UPDATE", "updateEnrollment", "PUT", _ONE, WRITE, 204, "Update Enrollment", "json"),
    Operation("PATCH", "partialUpdateEnrollment", "PATCH", _ONE, WRITE, 204, "Partial Update Enrollment", "json"),
    Operation("DELETE", "deleteEnrollment", "DELETE", _ONE, WRITE, 204, "Delete Enrollment"),
    Operation("FINALIZE", "finalizeEnrollment", "PUT", _ONE + "/finalize", WRITE, 204, "Finalize Enrollment"),
    Operation("FIND", "findEnrollments", "POST", _COLLECTION, READ, 200, "Find Enrollments", "json"),
    Operation("BUFWRITE", "sendBuffer", "POST", _ONE + "/buffer", BUFFER_WRITE, 201, "Send Buffer", "bytes"),
    Operation("BUFREAD", "getBuffer", "GET", _ONE + "/buffer/{bufferId}", BUFFER_READ, 200, "Get Buffer"),
)
"""The operations as 1.0.0 has them."""

READING = ("READ", "FIND", "BUFREAD")
"""The operations that leave the target as it is."""
OPERATIONS_WITH_BODY = tuple(one.code for one in OPERATIONS if one.body)
OPERATIONS_WITH_JSON = tuple(one.code for one in OPERATIONS if one.body == "json")
WRITING_OPERATIONS = tuple(one.code for one in OPERATIONS if one.body == "json" and one.scope == WRITE)
"""The operations that take an enrollment in their body, and the finalize flag.

After each of them an enrollment may be there that was not, as it should or not.
"""

_LATER_IDS = {"sendBuffer": "createBuffer", "getBuffer": "readBuffer"}
_LATER_SUCCESSES = {"CREATE": 204}
"""What is otherwise from 1.1.0 on: two operationIds, and a create that answers no body."""


@cache
def operations(version: str) -> tuple[Operation, ...]:
    """Return the operations of interface `version`, in the standard's order."""
    if Version(version) < Version(LATER):
        return OPERATIONS
    return tuple(
        replace(one, id=_LATER_IDS.get(one.id, one.id), success=_LATER_SUCCESSES.get(one.code, one.success))
        for one in OPERATIONS
    )


@cache
def by_code(version: str = OLDEST) -> Mapping[str, Operation]:
    """Return the operations by our code, in the standard's order. Method, path and scope are those of all versions."""
    return {operation.code: operation for operation in operations(version)}


@cache
def by_id() -> Mapping[str, Operation]:
    """Return the operations by operationId, under each name that a version gives them.

    Method, path and scope are those of all versions; the success code depends on the version, see `operations`.
    """
    return {operation.id: operation for version in (LATER, OLDEST) for operation in operations(version)}
