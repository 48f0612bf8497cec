"""Identifies what a response names: the record of a search, whose id 1.0.0 may leave out, and the id of a buffer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from osia_conformance.support.compare import differences
from osia_conformance.target.enrollment.payloads import Json
from osia_conformance.target.outcome_errors import CannotTell, body_symptom
from osia_conformance.target.response import NotJson, Response


def identified(record: Any, sent: Mapping[str, Json]) -> str:
    """Return the id of a found record, one of those `sent` (bodies by id); CannotTell if it could be another."""
    if not isinstance(record, dict):
        raise CannotTell("findEnrollments answered a list of something else than objects")
    if isinstance(record.get("enrollmentId"), str):
        return str(record["enrollmentId"])
    alike = (
        name
        for name, body in sent.items()
        if not differences({group: body[group] for group in body if group in record}, record)
    )
    # One alone may have been changed since.
    for name in (*alike, *(sent if len(sent) == 1 else ())):
        return str(name)
    raise CannotTell("findEnrollments answered a record without enrollmentId that cannot be told apart")


def named_buffer(response: Response) -> str:
    """Return the id in the answer to sending a buffer; CannotTell if there is none."""
    for name in buffer_id(response):
        return name
    words = f"{response.operation}, needed first, answered no bufferId"
    raise CannotTell(words, response, body_symptom(response, "no object with a bufferId"))


def buffer_id(response: Response) -> list[str]:
    """Return the bufferId of an answer, if there is one."""
    try:
        body = response.json()
    except NotJson:
        return []
    name = body.get("bufferId") if isinstance(body, dict) else None
    return [name] if isinstance(name, str) and name else []
