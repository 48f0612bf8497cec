"""What the server answers, before it is put into HTTP."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from starlette.responses import Response
from starlette.types import Receive, Scope, Send


@dataclass(slots=True)
class Reply:
    """An answer: `body` is a JSON value (None: no body), `stream` the bytes of a buffer in its stead."""

    status: int
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    stream: Iterable[bytes] | None = None


class Refusal(Exception):
    """A call that is not carried out. `message` is one sentence, `body` replaces the default Error object."""

    def __init__(
        self, status: int, message: str, headers: dict[str, str] | None = None, body: object | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.headers = headers or {}
        self.body = body

    def reply(self) -> Reply:
        """Return the answer; its body fits the interface's Error schema unless another was given."""
        body = {"code": self.status, "message": self.message} if self.body is None else self.body
        return Reply(self.status, body, dict(self.headers))


class Streamed(Response):
    """A response whose body is sent piece by piece."""

    def __init__(self, pieces: Iterable[bytes], status: int, headers: dict[str, str]) -> None:
        super().__init__(None, status, headers)
        self.pieces = pieces
        if not any(name.lower() == "content-length" for name in headers):
            # The response would say that it is empty.
            del self.headers["Content-Length"]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the response."""
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        for piece in self.pieces:
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})
