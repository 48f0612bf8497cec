"""What the server answers, before it is put into HTTP."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Reply:
    """An answer: `body` is a JSON value (None: no body), `stream` the bytes of a buffer in its stead."""

    status: int
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    stream: Iterable[bytes] | None = None


class Refusal(Exception):  # noqa: N818 the answer to a call, not an error of the server
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
