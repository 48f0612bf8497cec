"""Reading what a server answered: whatever stands there, a check fails or cannot tell, and never stumbles."""

from __future__ import annotations

from typing import Any

from osia_conformance.checks.assertions import expect_json
from osia_conformance.support.json_words import kind_of
from osia_conformance.target.outcome_errors import CannotTell, Violation, body_symptom
from osia_conformance.target.response import Response

Step = str | int
_NEEDED = object()


def expect_object(response: Response) -> dict[str, Any]:
    """Return the body, a JSON object. Raises Violation for any other body, CannotTell as `expect_json` does."""
    body = expect_json(response)
    if not isinstance(body, dict):
        raise Violation("a JSON object", f"the body is {kind_of(body)}", response, body_symptom(response, "no object"))
    return body


def expect_list(response: Response) -> list[Any]:
    """Return the body, a JSON list. Raises Violation for any other body, CannotTell as `expect_json` does."""
    body = expect_json(response)
    if not isinstance(body, list):
        raise Violation("a JSON array", f"the body is {kind_of(body)}", response, body_symptom(response, "no list"))
    return body


def member(value: Any, *path: Step, default: Any = _NEEDED) -> Any:
    """Return the node of answered JSON at a path of names and indices: `member(record, "documentData", 0, "parts")`.

    Where there is none: `default`, or CannotTell without one. A check whose subject is that node asks `expect_member`.
    """
    for at, step in enumerate(path):
        if not _has(value, step):
            if default is _NEEDED:
                raise CannotTell(f"{location(path[: at + 1])} is not in what was answered")
            return default
        value = value[step]
    return value


def expect_member(response: Response, value: Any, *path: Step) -> Any:
    """Return the node of answered JSON at a path. Raises Violation, shown by `response`, where there is none."""
    try:
        return member(value, *path)
    except CannotTell as error:
        raise Violation(location(path), error.reason, response) from None


def object_at(value: Any, *path: Step) -> dict[str, Any]:
    """Return the object at a path; an empty one where it is absent or null. CannotTell where something else stands."""
    found = member(value, *path, default=None)
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise CannotTell(f"{location(path)} is {kind_of(found)}, not an object, which is judged elsewhere")
    return found


def list_at(value: Any, *path: Step) -> list[Any]:
    """Return the list at a path; an empty one where it is absent or null. CannotTell where something else stands."""
    found = member(value, *path, default=None)
    if found is None:
        return []
    if not isinstance(found, list):
        raise CannotTell(f"{location(path)} is {kind_of(found)}, not an array, which is judged elsewhere")
    return found


def location(path: tuple[Step, ...]) -> str:
    """Return a path as JSONPath (RFC 9535), such as $.documentData[0]."""
    return "$" + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)


def _has(value: Any, step: Step) -> bool:
    if isinstance(step, str):
        return isinstance(value, dict) and step in value
    return isinstance(value, list) and -len(value) <= step < len(value)
