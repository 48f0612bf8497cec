"""One request of an operation, as a check asks for it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypedDict
from urllib.parse import quote

from osia_conformance.auth import Fault, Token
from osia_conformance.standard.operations import Operation
from osia_conformance.wire.client import Pairs
from osia_conformance.wire.streaming import Body, Download

JSON = "application/json"
BINARY = "application/octet-stream"


class RequestOptions(TypedDict, total=False):
    """The members of a Request that a check may set, each as `Request` says."""

    query: Pairs
    body: Body | None
    sink: Download | None
    content_type: str | None
    headers: Pairs
    token: Token | None
    fault: Fault | None
    transaction: bool | str
    raw_path: bool


@dataclass(frozen=True, slots=True)
class Request:
    """One request of an operation.

    `token` None sends a valid token with just the operation's scope; `fault` says what is wrong with `token`;
    `transaction` is True for a fresh transactionId, False for none, or the text to send; `body` None sends no body;
    `raw_path` puts the enrollment's id into the path as it is; `sink` takes the body of a 2xx response, of which the
    journal then keeps size and SHA-256 alone, as it does of an Upload.
    """

    operation: Operation
    enrollment: str = ""
    buffer: str | None = None
    query: Pairs = ()
    body: Body | None = None
    sink: Download | None = None
    content_type: str | None = None
    headers: Pairs = ()
    token: Token | None = None
    fault: Fault | None = None
    transaction: bool | str = True
    raw_path: bool = False

    @property
    def path(self) -> str:
        """The path with its ids percent-encoded, but for an enrollment's id that is `raw_path`."""
        one = self.enrollment if self.raw_path else _quoted(self.enrollment)
        path = self.operation.path.replace("{enrollmentId}", one)
        return path.replace("{bufferId}", _quoted(self.buffer or ""))

    @property
    def buffer_path(self) -> tuple[str, str] | None:
        """The ids of enrollment and buffer that are asked for, None where no buffer is."""
        return None if self.buffer is None else (self.enrollment, self.buffer)

    def all_headers(self, token: Token) -> Iterable[tuple[str, str]]:
        """Yield the content type, the token and the request's own headers."""
        if self.body is not None:
            yield "Content-Type", self.content_type or JSON
        if token.authorization is not None:
            yield "Authorization", token.authorization
        yield from self.headers


def _quoted(name: str) -> str:
    """Return an id as one part of a path; the target chooses those of buffers, and they may hold any character."""
    return quote(name, safe="", errors="surrogatepass")


def json_body(value: Any) -> bytes:
    """Return a value as the JSON text that is sent: UTF-8, non-ASCII unescaped."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
