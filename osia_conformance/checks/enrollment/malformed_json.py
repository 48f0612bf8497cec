"""Bodies that are no JSON, though some parser reads them, and JSON bodies that hold no object (RFC 8259)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from osia_conformance.checks.enrollment.bad_requests import body_to_spoil
from osia_conformance.checks.enrollment.operation_cases import OperationCase
from osia_conformance.target.enrollment.payloads import EXTENSION
from osia_conformance.target.outcome_errors import Inapplicable
from osia_conformance.target.request import json_body

_VALUE = "in place of this"
_STRING = json.dumps(_VALUE)


def _text(case: OperationCase) -> str:
    return json.dumps(body_to_spoil(case))


def _with_value(case: OperationCase, text: str) -> str:
    """Return the body's text with `text` where a JSON value belongs; Inapplicable where the profile has no place."""
    if case.code != "FIND" and case.enrollments.payloads.profile.closes("biographicData"):
        raise Inapplicable(f"the profile closes biographicData, so that {EXTENSION} has no place in it")
    return json.dumps(body_to_spoil(case, _VALUE)).replace(_STRING, text)


MALFORMED_JSON: dict[str, Callable[[OperationCase], str]] = {
    "no-json-at-all": lambda case: f"enrollment: {_text(case)}",
    "two-texts": lambda case: _text(case) * 2,
    "trailing-comma": lambda case: re.sub(r"([}\]])$", r",\1", _text(case)),
    "comment": lambda case: f"/* a comment */ {_text(case)}",
    "single-quotes": lambda case: _text(case).replace('"', "'"),
    "unquoted-name": lambda case: re.sub(r'"(\w+)":', r"\1:", _text(case), count=1),
    "nan": lambda case: _with_value(case, "NaN"),
    "leading-zero": lambda case: _with_value(case, "007"),
    "control-character": lambda case: _with_value(case, '"a\ttab"'),
}
"""What RFC 8259 does not allow, by what is wrong, beside a text that is cut off."""


def _bad_utf8(case: OperationCase) -> bytes:
    text = json.dumps(body_to_spoil(case))
    return text.encode().replace(case.enrollments.marker.encode(), case.enrollments.marker.encode() + b"\xc3\x28", 1)


def _alone(value: Any) -> Callable[[OperationCase], bytes]:
    """Return what makes a body of the value alone; in a search it stands beside the marker's own (RUL-MARKER)."""

    def made(case: OperationCase) -> bytes:
        spoilt = body_to_spoil(case)
        return json_body([*spoilt, value] if isinstance(spoilt, list) else value)

    return made


def _half_a_character(case: OperationCase) -> bytes:
    marker = case.enrollments.marker
    return json.dumps(body_to_spoil(case)).replace(marker, f"{marker}\\ud800", 1).encode()


NO_OBJECTS: dict[str, Callable[[OperationCase], bytes]] = {
    "bad-utf8": _bad_utf8,
    "half-a-character": _half_a_character,
    "utf-16": lambda case: json.dumps(body_to_spoil(case)).encode("utf-16"),
    "array": _alone([]),
    "string": _alone("enrollment"),
    "number": _alone(7),
    "null": _alone(None),
}
"""Bodies not in UTF-8 (RFC 8259, 8.1), with half a surrogate pair (8.2), and JSON values that are no object."""
