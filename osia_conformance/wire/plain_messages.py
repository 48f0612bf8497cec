"""Plain HTTP/1.1 messages, written and read without h11 (RFC 9112).

A message is plain where there is one way to read it: a request whose only stated length is that of its body, a response
whose head came in one piece and whose body has a stated length, or that can have none. For every other one these
functions return None, and h11 gets the same bytes: what is odd is judged in one place.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from osia_conformance.wire.limits import MOST_HEADERS
from osia_conformance.wire.status_codes import WITHOUT_CONTENT

Fields = list[tuple[bytes, bytes]]

_BLANK_LINE = b"\r\n\r\n"
_TOKEN = rb"[-!#$%&'*+.^_`|~0-9A-Za-z]+"
_VALUE = rb"(?:[^\x00\s]+(?:[ \t]+[^\x00\s]+)*)?"
_NAME = re.compile(_TOKEN)
_FIELD_VALUE = re.compile(_VALUE)
_FIELD_LINE = re.compile(rb"(" + _TOKEN + rb"):[ \t]*(" + _VALUE + rb")[ \t]*")
_STATUS_LINE = re.compile(rb"HTTP/1\.1 ([2-9][0-9]{2})(?: ([^\x00\n\v\f\r]*))?")
_TARGET = re.compile(rb"[!-~]+")
_LENGTH = re.compile(rb"[0-9]{1,18}")

_ODD_METHODS = frozenset({"CONNECT", "HEAD"})
"""Methods that say themselves whether their response has a body, whatever length it states (RFC 9112, 6.3)."""


@dataclass(frozen=True, slots=True)
class ResponseHead:
    """Status line and header fields of a response, in their order and with names as they came.

    `version` is as in the status line, without "HTTP/"; `stated_length` is the value of Content-Length, "" where there
    is none or another field says where the body ends. `body_size` is the bytes that the body of a plain response has,
    None where h11 finds its end.
    """

    status_code: int
    version: bytes
    reason: bytes
    fields: Fields
    stated_length: str
    body_size: int | None = None


def encode_request(method: str, target: bytes, fields: Fields, body: bytes | Iterable[bytes]) -> bytes | None:
    """Return a request as it is sent, Host first (RFC 9110, 7.2).

    None where it is not plain: its body comes in pieces, its stated length is another one, or h11 would refuse it.
    """
    verb = method.encode("ascii", "replace")
    if not isinstance(body, bytes) or method in _ODD_METHODS or not _NAME.fullmatch(verb):
        return None
    hosts: list[bytes] = []
    others: list[bytes] = []
    lengths: list[bytes] = []
    for name, value in fields:
        lowered = name.lower()
        if _is_odd(lowered, value) or not (_NAME.fullmatch(name) and _FIELD_VALUE.fullmatch(value)):
            return None
        (hosts if lowered == b"host" else others).append(name + b": " + value)
        if lowered == b"content-length":
            lengths.append(value)
    if len(hosts) != 1 or _length(lengths, 0) != len(body) or not _TARGET.fullmatch(target):
        return None
    return b"\r\n".join([verb + b" " + target + b" HTTP/1.1", *hosts, *others, b"", body])


def read_head(data: bytes, method: str) -> tuple[ResponseHead, bytes] | None:
    """Return the head that `data` begins with, and what came behind it.

    None where it is not plain, or not whole; `method` is that of the request.
    """
    end = data.find(_BLANK_LINE)
    status_line, *lines = data[: max(end, 0)].split(b"\r\n")
    status = _STATUS_LINE.fullmatch(status_line)
    if status is None or method in _ODD_METHODS or len(lines) > MOST_HEADERS:
        return None
    fields = _fields(lines)
    lengths = [value for name, value in fields or () if name.lower() == b"content-length"]
    code = int(status[1])
    has_none = code in WITHOUT_CONTENT
    size = _length(lengths, 0 if has_none else None)
    if fields is None or size is None:
        return None
    stated = b"".join(lengths).decode("ascii")
    head = ResponseHead(code, b"1.1", status[2] or b"", fields, stated, 0 if has_none else size)
    return head, data[end + len(_BLANK_LINE) :]


def _fields(lines: list[bytes]) -> Fields | None:
    """Return the header fields of a response, or None where one of them is not plain."""
    fields: Fields = []
    for line in lines:
        field = _FIELD_LINE.fullmatch(line)
        if field is None or _is_odd(field[1].lower(), field[2]):
            return None
        fields.append((field[1], field[2]))
    return fields


def _is_odd(name: bytes, value: bytes) -> bool:
    """Tell whether a field says that a connection ends, or that a body is coded (RFC 9112, 6.1 and 9.3)."""
    return name == b"transfer-encoding" or (name == b"connection" and value.lower() != b"keep-alive")


def _length(values: list[bytes], default: int | None) -> int | None:
    """Return what the only Content-Length says, the default where there is none, None where it cannot be read."""
    if not values:
        return default
    return int(values[0]) if len(values) == 1 and _LENGTH.fullmatch(values[0]) else None
