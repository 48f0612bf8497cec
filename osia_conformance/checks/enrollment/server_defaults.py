"""Members that nobody sent: defaults of the server's own are free where the schema is open (RUL-ECHO)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from osia_conformance.target.enrollment.enrollments import Enrollments
from osia_conformance.target.enrollment.payloads import Json

_ABSENT = object()


def is_server_default(enrollments: Enrollments, body: Json, record: Json, *path: str) -> bool:
    """Return whether the record is, at `path`, as one that the target has just created from `body`.

    What stands there beyond `body` is then a default, and not what was there before.
    """
    twin = enrollments.created(body).record()
    sent = enrollments.payloads.sent
    return bool(_at(sent.only(twin), path) == _at(sent.only(record), path))


def _at(value: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        value = value.get(name, _ABSENT) if isinstance(value, Mapping) else _ABSENT
    return value
