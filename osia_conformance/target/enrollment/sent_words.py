"""What a request sends, in words: for a server error, of which the reader asks what brought it about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from osia_conformance.standard.operations import OPERATIONS_WITH_BODY
from osia_conformance.support.bounded_json import BeyondLimits, NotJson, parse
from osia_conformance.support.compare import same
from osia_conformance.support.json_words import show
from osia_conformance.target.enrollment.payloads import Payloads
from osia_conformance.target.request import BINARY, JSON, Request
from osia_conformance.wire.streaming import Upload

_SHOWN = 3
"""Things that are named of one request; of a body, members."""

_PLAIN_ID = 36
"""Characters of a common id; a longer one is worth a word."""


def sent_words(request: Request, payloads: Payloads) -> str:
    """Return what a request sends as a phrase that follows "to": its operation, and what is not plain in it."""
    found = [*_odd_id(request), *_transaction(request), *_parameters(request), *_body(request, payloads)]
    return f"{request.operation.id} with {', '.join(found)}" if found else request.operation.id


def _odd_id(request: Request) -> Iterator[str]:
    if len(request.enrollment) > _PLAIN_ID or request.raw_path:
        yield f"the id {show(request.enrollment)}"


def _transaction(request: Request) -> Iterator[str]:
    if request.transaction is False:
        yield "no transactionId"
    elif request.transaction is not True:
        yield f"the transactionId {show(request.transaction)}"


def _parameters(request: Request) -> Iterator[str]:
    yield from (f"the parameter {name} {show(value)}" for name, value in request.query[:_SHOWN])
    told = [(name, value) for name, value in request.headers if name.lower() != "accept-encoding"]
    yield from (f"the header {name} {show(value)}" for name, value in told[:_SHOWN])
    if request.body is not None and request.content_type not in (None, JSON, BINARY):
        yield f"the content type {request.content_type}"


def _body(request: Request, payloads: Payloads) -> Iterator[str]:
    if request.body is None:
        if request.operation.code in OPERATIONS_WITH_BODY:
            yield "no body"
        return
    if isinstance(request.body, Upload) or request.operation.code == "BUFWRITE":
        size = request.body.size if isinstance(request.body, Upload) else len(request.body)
        yield f"a buffer of {size} bytes"
        return
    try:
        value = parse(request.body)
    except (NotJson, BeyondLimits):
        yield f"a body of {len(request.body)} bytes that is no JSON, or too deep"
        return
    yield from _json(request.operation.code, value, payloads)


def _json(code: str, value: Any, payloads: Payloads) -> Iterator[str]:
    if code == "FIND" and isinstance(value, list):
        yield from map(_expression, value[:_SHOWN])
    elif isinstance(value, Mapping):
        plain = {} if code == "PATCH" else payloads.canonical("")
        odd = [
            f"{path} {show(inner)}"
            for path, inner in _odd_places(value, plain)
            if not (isinstance(inner, str) and path in _marked(payloads))
        ]
        yield from odd[:_SHOWN]
        if len(odd) > _SHOWN:
            yield f"{len(odd) - _SHOWN} more"
    else:
        yield f"the body {show(value)}"


def _expression(value: Any) -> str:
    if not isinstance(value, Mapping):
        return f"the expression {show(value)}"
    named = (value.get(name, f"(no {name})") for name in ("attributeName", "operator"))
    words = [each if isinstance(each, str) else show(each) for each in named]
    return " ".join([*words, show(value["value"]) if "value" in value else "(no value)"])


def _marked(payloads: Payloads) -> frozenset[str]:
    """Return the places that each body fills anew: that of the marker, and the status, which is the flag's business;
    a text in them is plain."""
    return frozenset({f"$.biographicData.{payloads.marker}", "$.status"})


def _odd_places(value: Any, plain: Any, path: str = "$") -> Iterator[tuple[str, Any]]:
    """Yield the places, as JSONPath, where a JSON value is not `plain`, each with what stands there."""
    if isinstance(value, Mapping) and value and isinstance(plain, Mapping):
        for name, inner in value.items():
            yield from _odd_places(inner, plain.get(name, {}), f"{path}.{name}")
    elif isinstance(value, list) and isinstance(plain, list) and len(value) == len(plain):
        for index, (inner, other) in enumerate(zip(value, plain, strict=True)):
            yield from _odd_places(inner, other, f"{path}[{index}]")
    elif not same(plain, value):
        yield path, value
