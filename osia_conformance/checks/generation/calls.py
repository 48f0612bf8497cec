"""How generated input becomes a call of ours: agreeing in id and status, with the marker in searches."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from osia_conformance.checks.enrollment.operation_cases import OperationCase
from osia_conformance.checks.generation.inputs import Input
from osia_conformance.standard.operations import OPERATIONS_WITH_BODY
from osia_conformance.target.enrollment.enrollments import Enrollments
from osia_conformance.target.enrollment.payloads import Json
from osia_conformance.target.request import BINARY, RequestOptions
from osia_conformance.target.response import Response

_FLAG = "finalize"


@dataclass(frozen=True, slots=True)
class PreparedCall:
    """The query and the body's bytes of a call; None sends no body."""

    query: tuple[tuple[str, str], ...]
    body: bytes | None


def prepared_call(enrollments: Enrollments, code: str, drawn: Input) -> PreparedCall:
    """Return drawn input as it may be sent to somebody else's server."""
    if code not in OPERATIONS_WITH_BODY:
        return PreparedCall(drawn.query, None)
    body = drawn.body
    if isinstance(body, bytes) and code != "FIND":
        return PreparedCall(drawn.query, body)
    if code == "FIND":
        return PreparedCall(drawn.query, _text(_marked(enrollments, body)))
    if code in ("CREATE", "UPDATE") and isinstance(body, dict):
        body = _agreeing(body, drawn.query)
    elif code == "PATCH" and isinstance(body, dict):
        body = {name: value for name, value in body.items() if name != "enrollmentId" and not _settled(name, value)}
    return PreparedCall(drawn.query, None if body is None else _text(body))


def send_prepared(subject: OperationCase, ready: PreparedCall) -> Response:
    """Send the subject's operation with the input."""
    options: RequestOptions = {"query": list(ready.query)}
    if subject.code in OPERATIONS_WITH_BODY:
        options["body"] = ready.body
    if subject.code == "BUFWRITE":
        options |= {"body": ready.body or b"", "content_type": BINARY}
    return subject.call(**options)


def _agreeing(body: Json, query: tuple[tuple[str, str], ...]) -> Json:
    """Let a status agree with the flag, and leave the id to the path: disagreement is not tested."""
    rest = {name: value for name, value in body.items() if name != "enrollmentId"}
    if rest.get("status") in ("FINALIZED", "IN_PROGRESS"):
        rest["status"] = "FINALIZED" if (_FLAG, "true") in query else "IN_PROGRESS"
    return rest


def _settled(name: str, value: Any) -> bool:
    """Return whether a patch would set the status, which is the flag's business."""
    return name == "status" and value in ("FINALIZED", "IN_PROGRESS")


def _marked(enrollments: Enrollments, body: Any) -> Any:
    """Put the marker's expression into a search; what is no list gets it as a member, for lenient readers."""
    ours = {"attributeName": enrollments.payloads.marker, "operator": "=", "value": enrollments.marker}
    if isinstance(body, list):
        return [ours, *body]
    return {**ours, "generated": repr(body)}


def _text(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=True).encode("ascii")
