"""One exchange on a connection: its request, how far it came, and what is said of one that failed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from osia_conformance.wire.errors import ConnectionLost, NoAnswer, describe_failure
from osia_conformance.wire.limits import Deadline


@dataclass(slots=True)
class Exchange:
    """One request, ready to be sent, and how far it and its response came.

    `target` is the request target as it is sent (RFC 9112, 3.2); `body` bytes are sent with the head, another iterable
    piece by piece. `is_streamed` tells that the body goes to a sink, and may be long. `body_size` is as of
    `ResponseHead`.
    """

    method: str
    target: bytes
    headers: list[tuple[bytes, bytes]]
    body: bytes | Iterable[bytes]
    deadline: Deadline
    is_streamed: bool = False
    sent: bool = False
    first_bytes: bytes = b""
    in_body: bool = False
    stated_length: str = ""
    body_size: int | None = None
    body_bytes: int = 0


def explain_os_error(error: OSError, exchange: Exchange) -> NoAnswer:
    """Return why an exchange ended without a whole response, by how far it came."""
    reason = describe_failure(error)
    if exchange.first_bytes:
        return NoAnswer(f"{reason} in the middle of the answer", exchange.sent)
    kind = ConnectionLost if isinstance(error, ConnectionError) else NoAnswer
    return kind(reason, exchange.sent)


def describe_wrong_length(exchange: Exchange) -> str:
    """Return one clause about a body that ended before its stated length."""
    came = f"{exchange.body_bytes} bytes of {exchange.stated_length} came"
    return f"the answer's length did not match its Content-Length: {came}"


def describe_timeout(exchange: Exchange) -> str:
    """Return one clause about what had not come within the deadline."""
    limit = f"within {exchange.deadline.seconds:.3g} s"
    if exchange.in_body:
        return f"the answer was not complete {limit}: {exchange.body_bytes} bytes of its body came"
    if exchange.first_bytes:
        return f"the answer's headers were not complete {limit}"
    return f"no answer {limit}"
