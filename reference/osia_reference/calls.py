"""Reading a request: ids, query parameters and bodies, each refused with one sentence where it is bad."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, NoReturn
from urllib.parse import quote, unquote_to_bytes

from starlette.requests import Request
from starlette.types import Scope

from osia_reference.replies import Refusal
from osia_reference.specification import Operation

JSON_TYPES = frozenset({"", "application/json", "application/merge-patch+json"})
LONGEST_ID = 255
DEEPEST_JSON = 128
SIZE = re.compile(r"[0-9]{1,18}")
INTEGER = re.compile(r"-?[0-9]{1,18}")


@dataclass(frozen=True, slots=True)
class Call:
    """A request that has an operation; `path` holds its undecoded path parameters."""

    operation: Operation
    request: Request
    path: dict[str, str]


def raw_path(scope: Scope) -> str:
    """Return the path as it was sent, so that an encoded slash stays within its segment."""
    raw: bytes = scope.get("raw_path") or quote(scope["path"]).encode("ascii")
    return raw.partition(b"?")[0].decode("latin-1")


def media_type(request: Request) -> str:
    """Return the content type without parameters, "" if there is none (RFC 9110, 8.3.1)."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


async def limited(request: Request, largest: int) -> AsyncIterator[bytes]:
    """Yield the body as it arrives; refuse with 413 once it is longer than `largest` bytes."""
    stated = request.headers.get("content-length", "")
    if SIZE.fullmatch(stated) and int(stated) > largest:
        raise too_large(largest)
    size = 0
    async for piece in request.stream():
        size += len(piece)
        if size > largest:
            raise too_large(largest)
        yield piece


def too_large(largest: int) -> Refusal:
    """Return the refusal of a body over the limit."""
    return Refusal(413, f"The body is longer than {largest} bytes; send less.")


def decoded_id(name: str, raw: str) -> str:
    """Return a path parameter percent-decoded; at most LONGEST_ID characters, none of them a control."""
    try:
        value = unquote_to_bytes(raw.encode("latin-1")).decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refusal(400, f"{name} is not percent-encoded UTF-8; encode it so.") from error
    if len(value) > LONGEST_ID or any(ord(character) < ord(" ") for character in value):
        raise Refusal(400, f"{name} is longer than {LONGEST_ID} characters or has control characters.")
    return value


def integer(call: Call, name: str, least: int) -> int:
    """Return an integer of the query, its documented default if it was not sent; refuse less than `least`."""
    text = call.request.query_params.get(name, str(call.operation.parameters[name]))
    if not INTEGER.fullmatch(text) or int(text) < least:
        raise Refusal(400, f"The query parameter {name} is not an integer of {least} or more.")
    return int(text)


def parsed_json(data: bytes) -> Any:
    """Return the JSON value of a body (RFC 8259).

    Refused are what is no JSON, NaN, infinities, unpaired surrogates, and nesting deeper than DEEPEST_JSON.
    """
    if not data:
        raise Refusal(400, "The body is missing; send a JSON text.")
    try:
        text = data.decode("utf-8")
        value = json.loads(text, parse_constant=_no_constant, parse_float=_finite)
        if "\\u" in text:
            json.dumps(value, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError) as error:
        raise Refusal(400, "The body is not a JSON text; see RFC 8259.") from error
    if text.count("[") + text.count("{") > DEEPEST_JSON and _is_deeper(value, DEEPEST_JSON):
        raise Refusal(400, f"The body is nested deeper than {DEEPEST_JSON} levels; send a flatter one.")
    return value


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _finite(digits: str) -> float:
    number = float(digits)
    if number in (float("inf"), float("-inf")):
        raise ValueError(f"{digits} is beyond the range of a double")
    return number


def _is_deeper(value: object, levels: int) -> bool:
    if isinstance(value, dict):
        value = list(value.values())
    if not isinstance(value, list):
        return False
    return levels == 0 or any(_is_deeper(each, levels - 1) for each in value)
