"""HTTP/1.1 on one connection (RFC 9112): a call is written, its answer read, all within its deadline."""

from __future__ import annotations

import selectors
import socket
import ssl
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import h11

from osia_conformance.wire.headers import header
from osia_conformance.wire.limits import LARGEST_HEAD, MOST_HEADERS, MOST_INTERIM, Undecodable, collect, pour
from osia_conformance.wire.network import LONGEST_QUOTE, Cut, Deadline, NoAnswer, Unsendable, plain_words
from osia_conformance.wire.status_codes import SUCCESSES
from osia_conformance.wire.streaming import Body, Download, Upload

READ_SIZE = 64 * 1024
LONG_READ = 1024 * 1024
KEPT_SECONDS = 2.0
"""How long an idle connection is used again: shorter than common servers keep theirs open."""

HTTP_NAME = b"HTTP/"
TOO_LONG = 431
SWITCHING = 101


@dataclass(frozen=True, slots=True)
class WireAnswer:
    """An answer as it came: headers in their order and case, `body` decoded, `elapsed` in seconds.

    `truncated` if the body went over the limit; `surplus` counts bytes that were already there behind the
    answer, as after a 204 with a body or a Content-Length that is too short (0: none seen). `retries` is how often the
    call had been repeated on a new connection.
    """

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    truncated: bool
    elapsed: float
    http_version: str
    extra_bytes: int = 0
    retries: int = 0


@dataclass(slots=True)
class Call:
    """One request, ready for the wire, and how far it came."""

    method: str
    target: bytes
    headers: list[tuple[bytes, bytes]]
    body: Body
    deadline: Deadline
    largest: int
    sink: Download | None = None
    sent: bool = False
    start: bytes = b""
    in_body: bool = False
    promised: str = ""
    body_bytes: int = 0


class Carrier(Protocol):
    """What brings calls to a target: the pool of connections, or an application in this process."""

    @property
    def retries(self) -> int:
        """How many calls were repeated on a new connection."""
        ...

    def exchange(self, call: Call) -> WireAnswer:
        """Send `call` and return its answer; raise NoAnswer."""
        ...

    def close(self) -> None:
        """Close every connection."""
        ...


class Connection:
    """One connection to the server (or to the proxy before it)."""

    def __init__(self, channel: socket.socket) -> None:
        self.idle_since = 0.0
        self._channel = channel
        self._protocol = h11.Connection(h11.CLIENT, max_incomplete_event_size=LARGEST_HEAD)
        self._ended = False

    def close(self) -> None:
        """Close the socket; harmless if it is closed."""
        self._channel.close()

    def usable(self) -> bool:
        """Tell whether an idle connection can take a call: young enough, open, and silent."""
        if time.monotonic() - self.idle_since > KEPT_SECONDS:
            return False
        if isinstance(self._channel, ssl.SSLSocket) and self._channel.pending():
            return False
        with selectors.DefaultSelector() as selector:
            selector.register(self._channel, selectors.EVENT_READ)
            return not selector.select(0)

    @property
    def kept(self) -> bool:
        """Whether the connection can be used again after the answer."""
        return self._protocol.our_state is h11.IDLE

    def exchange(self, call: Call) -> WireAnswer:
        """Send `call` and return its answer; raise NoAnswer. Close the connection if it is not `kept`."""
        data = self._encode(call)
        try:
            self._write(data, call)
            if isinstance(call.body, Upload):
                self._stream(call.body, call)
            response = self._head(call)
            return self._answer(response, call)
        except TimeoutError:
            raise NoAnswer(_late(call), call.sent) from None
        except OSError as error:
            raise self._broken(error, call) from None
        except h11.RemoteProtocolError as error:
            raise self._malformed(error, call) from None
        except Undecodable as error:
            raise NoAnswer(str(error), call.sent) from None

    def _encode(self, call: Call) -> bytes:
        try:
            head = h11.Request(method=call.method, target=call.target, headers=call.headers)
            parts = [self._protocol.send(head)]
            if not isinstance(call.body, Upload):
                if call.body:
                    parts.append(self._protocol.send(h11.Data(data=call.body)))
                parts.append(self._protocol.send(h11.EndOfMessage()))
        except h11.LocalProtocolError as error:
            raise Unsendable(f"the request is not valid HTTP: {str(error)[:LONGEST_QUOTE]}") from None
        return b"".join(part for part in parts if part)

    def _write(self, data: bytes, call: Call) -> None:
        rest = memoryview(data)
        try:
            while rest:
                self._channel.settimeout(call.deadline.left())
                count = self._channel.send(rest)
                call.sent = True
                rest = rest[count:]
        except TimeoutError:
            raise
        except OSError:
            # A server may answer, or send a TLS alert, and hang up before it has read all (RFC 9112, 9.5).
            self._protocol.send_failed()

    def _stream(self, upload: Upload, call: Call) -> None:
        for piece in upload:
            if self._protocol.our_state is not h11.SEND_BODY:
                # The server hung up; what it has answered is read all the same.
                return
            self._write(self._protocol.send(h11.Data(data=piece)) or b"", call)
        if self._protocol.our_state is h11.SEND_BODY:
            self._write(self._protocol.send(h11.EndOfMessage()) or b"", call)

    def _head(self, call: Call) -> h11.Response:
        for _ in range(MOST_INTERIM + 1):
            event = self._event(call)
            if isinstance(event, h11.Response):
                if len(event.headers) > MOST_HEADERS:
                    raise NoAnswer(f"the answer has more than {MOST_HEADERS} headers", call.sent)
                return event
            if isinstance(event, h11.InformationalResponse) and event.status_code == SWITCHING:
                raise NoAnswer("the server switched to another protocol without being asked", call.sent)
        raise NoAnswer(f"more than {MOST_INTERIM} interim answers came before any other", call.sent)

    def _event(self, call: Call) -> Any:
        while (event := self._protocol.next_event()) is h11.NEED_DATA:
            self._channel.settimeout(call.deadline.left())
            data = self._channel.recv(READ_SIZE)
            self._ended = not data
            if self._ended and not call.start:
                raise Cut("the server closed the connection without an answer", call.sent)
            if len(call.start) < len(HTTP_NAME):
                call.start += data[: len(HTTP_NAME)]
            self._protocol.receive_data(data)
        return event

    def _answer(self, response: h11.Response, call: Call) -> WireAnswer:
        headers = tuple(
            (name.decode("latin-1"), value.decode("latin-1")) for name, value in response.headers.raw_items()
        )
        if not header(headers, "transfer-encoding"):
            call.promised = header(headers, "content-length") or ""
        coding = ", ".join(value for name, value in headers if name.lower() == "content-encoding")
        if call.sink is not None and response.status_code in SUCCESSES:
            body, truncated = pour(self._long_body(call), coding, call.sink), False
        else:
            body, truncated = collect(self._pieces(call), coding, call.largest)
        extra_bytes = len(self._protocol.trailing_data[0])
        done = self._protocol.our_state is h11.DONE and self._protocol.their_state is h11.DONE
        if done and not truncated and not extra_bytes:
            self._protocol.start_next_cycle()
        version = "HTTP/" + response.http_version.decode("ascii")
        elapsed = call.deadline.elapsed
        return WireAnswer(response.status_code, headers, body, truncated, elapsed, version, extra_bytes)

    def _pieces(self, call: Call) -> Iterator[bytes]:
        call.in_body = True
        while isinstance(event := self._event(call), h11.Data):
            call.deadline.left()
            call.body_bytes += len(event.data)
            yield bytes(event.data)

    def _long_body(self, call: Call) -> Iterator[bytes | memoryview]:
        """Yield the pieces of a body; of a long one with a length, as they come, past h11 and its copies.

        The connection is not used again then.
        """
        if not call.promised.isdigit() or int(call.promised) <= READ_SIZE:
            yield from self._pieces(call)
            return
        call.in_body = True
        while isinstance(event := self._protocol.next_event(), h11.Data):
            call.body_bytes += len(event.data)
            yield event.data
        room = memoryview(bytearray(LONG_READ))
        while (left := int(call.promised) - call.body_bytes) > 0:
            self._channel.settimeout(call.deadline.left())
            count = self._channel.recv_into(room, min(left, LONG_READ))
            if not count:
                raise NoAnswer(
                    f"the answer's length did not match its Content-Length: {call.body_bytes} bytes of "
                    f"{call.promised} came",
                    call.sent,
                )
            call.body_bytes += count
            yield room[:count]

    def _broken(self, error: OSError, call: Call) -> NoAnswer:
        reason = plain_words(error)
        if call.start:
            return NoAnswer(f"{reason} in the middle of the answer", call.sent)
        return Cut(reason, call.sent) if isinstance(error, ConnectionError) else NoAnswer(reason, call.sent)

    def _malformed(self, error: h11.RemoteProtocolError, call: Call) -> NoAnswer:
        if call.in_body:
            return NoAnswer(self._bad_body(call), call.sent)
        if not (call.start.startswith(HTTP_NAME) or HTTP_NAME.startswith(call.start)):
            return NoAnswer("not HTTP: the answer does not begin with a status line", call.sent)
        if self._ended:
            return NoAnswer("the server closed the connection in the middle of the answer's headers", call.sent)
        if error.error_status_hint == TOO_LONG:
            return NoAnswer(f"the answer's headers are longer than {LARGEST_HEAD // 1024} KiB", call.sent)
        return NoAnswer(f"the answer is not valid HTTP: {str(error)[:LONGEST_QUOTE]}", call.sent)

    def _bad_body(self, call: Call) -> str:
        if not self._ended:
            return "the answer's chunked body is malformed"
        if call.promised:
            came = f"{call.body_bytes} bytes of {call.promised} came"
            return f"the answer's length did not match its Content-Length: {came}"
        return "the server closed the connection in the middle of a chunked body"


def _late(call: Call) -> str:
    limit = f"within {call.deadline.seconds:.3g} s"
    if call.in_body:
        return f"the answer was not complete {limit}: {call.body_bytes} bytes of its body came"
    if call.start:
        return f"the answer's headers were not complete {limit}"
    return f"no answer {limit}"
