"""One call of an operation, as a check asks for it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from osia_conformance.auth import Fault, Token
from osia_conformance.standard.operations import Operation
from osia_conformance.wire.streaming import Body, Download

Pairs = Sequence[tuple[str, str]]

JSON = "application/json"
BINARY = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Request:
    """One call of an operation. `token` None sends a valid token with just the operation's scope;
    `transaction` "" sends no transactionId at all; `body` None sends no body; `sink` takes
    the body of a 2xx answer, of which the journal then keeps size and SHA-256 alone, as of an Upload."""

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
    transaction: bool = True
    raw_path: bool = False

    @property
    def path(self) -> str:
        """The path with its ids percent-encoded; `raw_path` takes the enrollment's id as it is."""
        one = self.enrollment if self.raw_path else _quoted(self.enrollment)
        path = self.operation.path.replace("{enrollmentId}", one)
        return path.replace("{bufferId}", _quoted(self.buffer or ""))

    def all_headers(self, token: Token) -> Iterable[tuple[str, str]]:
        """Yield the content type, the token and the call's own headers."""
        if self.body is not None:
            yield "Content-Type", self.content_type or JSON
        if token.value is not None:
            yield "Authorization", f"Bearer {token.value}"
        yield from self.headers


def _quoted(name: str) -> str:
    """Return an id as one part of a path, whatever it holds: the target chooses those of buffers."""
    return quote(name, safe="", errors="surrogatepass")


def json_body(value: Any) -> bytes:
    """Return a value as the JSON text that is sent: UTF-8, non-ASCII unescaped."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
