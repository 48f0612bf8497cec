"""Bad requests by the kind of their fault, and how they are refused (RUL-BAD-REQUEST, RUL-REFUSAL-CODE)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from osia_conformance.auth import Fault
from osia_conformance.checks.enrollment.digests import DIGEST_ALGORITHMS, digest_header
from osia_conformance.checks.enrollment.operation_cases import (
    EVERY_BYTE,
    OPERATION_CODES,
    OperationCase,
    case_to_refuse,
    refused_label,
)
from osia_conformance.checks.enrollment.search import search_expression
from osia_conformance.checks.marks import versions
from osia_conformance.standard.operations import OPERATIONS_WITH_JSON, WRITING_OPERATIONS, by_code
from osia_conformance.target.enrollment.enrollments import Enrollments
from osia_conformance.target.enrollment.payloads import EXTENSION, Json, with_biographics
from osia_conformance.target.request import json_body
from osia_conformance.target.response import Response
from osia_conformance.target.statuses import BAD_REQUEST, NOT_AUTHORIZED

_SHARED = BAD_REQUEST.codes | NOT_AUTHORIZED.codes
"""Refusals that say nothing of the enrollment: what others did to it has no part in them."""

CallMembers = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class BadRequest:
    """One kind of fault: as a phrase that follows "to", where it can be, and which members of a call make it."""

    words: str
    operations: tuple[str, ...]
    members: Callable[[OperationCase], CallMembers]
    versions: str = ""


def body_to_spoil(case: OperationCase, value: Any = None) -> Json | list[Json]:
    """Return a valid body of an operation that takes JSON.

    `value`, if it is not None, stands in a place where any value may stand: that of a second expression, or of a
    biographic member that nobody knows.
    """
    enrollments = case.enrollments
    if case.code != "FIND":
        body = enrollments.canonical()
        return body if value is None else with_biographics(body, **{EXTENSION: value})
    attribute = enrollments.payloads.marker
    marked = search_expression(attribute, "=", enrollments.marker)
    return [marked] if value is None else [marked, search_expression(attribute, "!=", value)]


def _cut_off(case: OperationCase) -> CallMembers:
    return {"body": json.dumps(body_to_spoil(case))[:-1].encode()}


def _unknown_operator(case: OperationCase) -> CallMembers:
    marked = search_expression(case.enrollments.payloads.marker, "=", case.enrollments.marker)
    return {"body": json_body([marked, {**marked, "operator": "LIKE"}])}


def _without_value(case: OperationCase) -> CallMembers:
    marked = search_expression(case.enrollments.payloads.marker, "=", case.enrollments.marker)
    return {"body": json_body([marked, {name: marked[name] for name in ("attributeName", "operator")}])}


def _wrong_type(case: OperationCase) -> CallMembers:
    whole = {} if case.code == "PATCH" else case.enrollments.canonical()
    return {"body": json_body({**whole, "enrollmentType": 12345})}


def _wrong_digests(case: OperationCase) -> CallMembers:
    values = (digest_header(algorithm, EVERY_BYTE[::-1]) for algorithm in DIGEST_ALGORITHMS)
    return {"headers": [("Digest", ",".join(values))]}


def _malformed_token(case: OperationCase) -> CallMembers:
    fault = Fault.MALFORMED
    return {"token": case.enrollments.bad_token(fault, by_code()[case.code].scope), "fault": fault}


BAD_REQUESTS: dict[str, BadRequest] = {
    "no-transaction-id": BadRequest(
        "a call without transactionId", OPERATION_CODES, lambda case: {"transaction": False}
    ),
    "malformed-json": BadRequest("a body that is cut off", OPERATIONS_WITH_JSON, _cut_off),
    "schema-violation": BadRequest("an enrollmentType that is a number", WRITING_OPERATIONS, _wrong_type),
    "unknown-operator": BadRequest("an expression with an unknown operator", ("FIND",), _unknown_operator),
    "no-value": BadRequest("an expression without value", ("FIND",), _without_value),
    "bad-finalize": BadRequest("finalize=maybe", WRITING_OPERATIONS, lambda case: {"query": [("finalize", "maybe")]}),
    "bad-limit": BadRequest("limit=many", ("FIND",), lambda case: {"query": [("limit", "many")]}, ">=1.1.0"),
    "bad-offset": BadRequest("offset=many", ("FIND",), lambda case: {"query": [("offset", "many")]}, ">=1.1.0"),
    "wrong-digest": BadRequest("a Digest of other bytes", ("BUFWRITE",), _wrong_digests, ">=1.1.0"),
    "malformed-token": BadRequest(Fault.MALFORMED.words, OPERATION_CODES, _malformed_token),
}
"""Each kind of fault that a server may refuse in a way of its own: by its framework, its gateway, or itself."""


def bad_request_cases() -> list[Any]:
    """Return the parameters (operation, fault) of checks that send each kind of fault to each operation."""
    return [
        pytest.param(code, fault, id=f"{fault}-{code}", marks=versions(bad.versions))
        for fault, bad in BAD_REQUESTS.items()
        for code in bad.operations
    ]


def bad_request_kinds() -> list[Any]:
    """Return the parameter of checks that send one kind of fault to all operations that can have it."""
    return [pytest.param(fault, id=fault, marks=versions(bad.versions)) for fault, bad in BAD_REQUESTS.items()]


def refusal_of(enrollments: Enrollments, operation: str, fault: str) -> Response:
    """Return the answer to a bad request; where it is a refusal of it, all checks of a process share the answer."""

    def asked() -> Iterator[Response]:
        case = case_to_refuse(enrollments, operation)
        yield case.call(**BAD_REQUESTS[fault].members(case))

    shared = enrollments.session.shared
    [response] = shared.responses(f"{fault} to {operation}", asked, keep=lambda found: found.status in _SHARED)
    if response.status in _SHARED:
        shared.return_unchanged(refused_label(operation))
    return response
