"""HTTP/1.1 on one connection (RFC 9112): a request is written and its response read, all within its deadline.

Plain messages go past h11. Where a response is not plain, h11 gets the request and what came of the response.
"""

from __future__ import annotations

import select
import socket
import ssl
import time
from collections.abc import Iterable, Iterator
from typing import Any

import h11

from osia_conformance.wire.errors import ConnectionLost, NoAnswer, Unsendable
from osia_conformance.wire.exchange import Exchange, describe_timeout, describe_wrong_length, explain_os_error
from osia_conformance.wire.limits import LARGEST_HEAD, MOST_HEADERS, MOST_INTERIM
from osia_conformance.wire.plain_messages import ResponseHead, encode_request, read_head

READ_SIZE = 64 * 1024
LONG_READ = 1024 * 1024
KEPT_SECONDS = 2.0
"""How long an idle connection is used again: shorter than common servers keep theirs open."""

HTTP_NAME = b"HTTP/"
TOO_LONG = 431
SWITCHING = 101

Failure = OSError | h11.ProtocolError


class Connection:
    """One connection to the server (or to the proxy before it).

    `is_idle` tells whether the last response came to its end, so that the connection is for use again; `idle_since` is
    when that was.
    """

    def __init__(self, channel: socket.socket) -> None:
        self.is_idle = True
        self.idle_since = 0.0
        self._channel = channel
        self._protocol = h11.Connection(h11.CLIENT, max_incomplete_event_size=LARGEST_HEAD)
        self._ended = False
        self._is_plain = False
        self._answers_plainly = True
        self._rest = b""

    def close(self) -> None:
        """Close the socket; harmless if it is closed."""
        self._channel.close()

    def can_be_reused(self) -> bool:
        """Tell whether an idle connection can take a request: young enough, open, and silent."""
        if time.monotonic() - self.idle_since > KEPT_SECONDS:
            return False
        if isinstance(self._channel, ssl.SSLSocket) and self._channel.pending():
            return False
        return not _has_input(self._channel)

    def send(self, exchange: Exchange) -> ResponseHead:
        """Send a request and return the head of its response; raise NoAnswer."""
        self.is_idle = False
        data = self._encode_plain(exchange)
        self._is_plain = data is not None
        data = data or self._encode(exchange)
        try:
            self._write(data, exchange)
            if not isinstance(exchange.body, bytes):
                self._write_pieces(exchange.body, exchange)
            head = self._read_plain_head(exchange) or self._read_head(exchange)
        except (OSError, h11.ProtocolError) as error:
            raise self._explain(error, exchange) from None
        exchange.stated_length, exchange.body_size = head.stated_length, head.body_size
        return head

    def read_body(self, exchange: Exchange) -> Iterator[bytes]:
        """Yield the body of the response, coded as it came, to its end; raise NoAnswer."""
        exchange.in_body = True
        try:
            if exchange.body_size is not None:
                yield from self._read_plain_body(exchange, exchange.body_size)
            else:
                while isinstance(event := self._next_event(exchange), h11.Data):
                    exchange.body_bytes += len(event.data)
                    yield bytes(event.data)
        except (OSError, h11.ProtocolError) as error:
            raise self._explain(error, exchange) from None

    def end_exchange(self) -> int:
        """Return how many bytes had already come behind a response that was read to its end (0: none seen).

        Only where there are none the connection is for use again.
        """
        if self._is_plain:
            self.is_idle = not self._rest
            return len(self._rest)
        extra_bytes = len(self._protocol.trailing_data[0])
        done = self._protocol.our_state is h11.DONE and self._protocol.their_state is h11.DONE
        self.is_idle = done and not extra_bytes and not self._ended
        if self.is_idle:
            self._protocol.start_next_cycle()
        return extra_bytes

    def _encode_plain(self, exchange: Exchange) -> bytes | None:
        # A server whose last answer was not plain, but chunked perhaps, will hardly answer plainly this time.
        if not self._answers_plainly:
            return None
        return encode_request(exchange.method, exchange.target, exchange.headers, exchange.body)

    def _hand_over(self, exchange: Exchange) -> None:
        """Let h11 judge an exchange that is not plain after all."""
        self._is_plain = False
        self._encode(exchange)

    def _encode(self, exchange: Exchange) -> bytes:
        try:
            head = h11.Request(method=exchange.method, target=exchange.target, headers=exchange.headers)
            parts = [self._protocol.send(head)]
            if isinstance(exchange.body, bytes):
                if exchange.body:
                    parts.append(self._protocol.send(h11.Data(data=exchange.body)))
                parts.append(self._protocol.send(h11.EndOfMessage()))
        except (h11.LocalProtocolError, UnicodeEncodeError) as error:
            raise Unsendable(f"the request is not valid HTTP: {error}") from None
        return b"".join(part for part in parts if part)

    def _write(self, data: bytes, exchange: Exchange) -> None:
        rest = memoryview(data)
        try:
            while rest:
                self._channel.settimeout(exchange.deadline.left())
                count = self._channel.send(rest)
                exchange.sent = True
                rest = rest[count:]
        except TimeoutError:
            raise
        except OSError:
            # A server may answer, or send a TLS alert, and hang up before it has read all (RFC 9112, 9.5).
            if self._is_plain:
                self._hand_over(exchange)
            self._protocol.send_failed()

    def _write_pieces(self, pieces: Iterable[bytes], exchange: Exchange) -> None:
        for piece in pieces:
            if self._protocol.our_state is not h11.SEND_BODY:
                # The server hung up; what it has answered is read all the same.
                return
            self._write(self._protocol.send(h11.Data(data=piece)) or b"", exchange)
        if self._protocol.our_state is h11.SEND_BODY:
            self._write(self._protocol.send(h11.EndOfMessage()) or b"", exchange)

    def _read_plain_head(self, exchange: Exchange) -> ResponseHead | None:
        if not self._is_plain:
            return None
        data = self._receive(exchange)
        found = read_head(data, exchange.method)
        if found is None:
            self._answers_plainly = False
            self._hand_over(exchange)
            self._protocol.receive_data(data)
            return None
        head, self._rest = found
        return head

    def _read_head(self, exchange: Exchange) -> ResponseHead:
        for _ in range(MOST_INTERIM + 1):
            event = self._next_event(exchange)
            if isinstance(event, h11.Response):
                if len(event.headers) > MOST_HEADERS:
                    raise NoAnswer(f"the answer has more than {MOST_HEADERS} headers", exchange.sent)
                return _head_of(event)
            if isinstance(event, h11.InformationalResponse) and event.status_code == SWITCHING:
                raise NoAnswer("the server switched to another protocol without being asked", exchange.sent)
        raise NoAnswer(f"more than {MOST_INTERIM} interim answers came before any other", exchange.sent)

    def _next_event(self, exchange: Exchange) -> Any:
        while (event := self._protocol.next_event()) is h11.NEED_DATA:
            self._protocol.receive_data(self._receive(exchange))
        return event

    def _receive(self, exchange: Exchange, most: int = READ_SIZE) -> bytes:
        """Return what comes next, b"" at the end of the connection; raise ConnectionLost if nothing came before it."""
        self._channel.settimeout(exchange.deadline.left())
        data = self._channel.recv(most)
        self._ended = not data
        if self._ended and not exchange.first_bytes:
            raise ConnectionLost("the server closed the connection without an answer", exchange.sent)
        if len(exchange.first_bytes) < len(HTTP_NAME):
            exchange.first_bytes += data[: len(HTTP_NAME)]
        return data

    def _read_plain_body(self, exchange: Exchange, size: int) -> Iterator[bytes]:
        """Yield a body of `size` bytes, beginning with `_rest`; what comes behind it is left there."""
        while (left := size - exchange.body_bytes) > 0:
            data = self._rest or self._receive(exchange, LONG_READ if exchange.is_streamed else READ_SIZE)
            if not data:
                raise NoAnswer(describe_wrong_length(exchange), exchange.sent)
            piece, self._rest = data[:left], data[left:]
            exchange.body_bytes += len(piece)
            yield piece

    def _explain(self, error: Failure, exchange: Exchange) -> NoAnswer:
        match error:
            case TimeoutError():
                return NoAnswer(describe_timeout(exchange), exchange.sent)
            case OSError():
                return explain_os_error(error, exchange)
            case h11.LocalProtocolError():
                # A body that comes in pieces is not as long as its Content-Length says.
                return NoAnswer(f"the request is not valid HTTP: {error}", exchange.sent)
            case _:
                return NoAnswer(self._malformed(error, exchange), exchange.sent)

    def _malformed(self, error: h11.ProtocolError, exchange: Exchange) -> str:
        if exchange.in_body:
            return self._malformed_body(exchange)
        if not (exchange.first_bytes.startswith(HTTP_NAME) or HTTP_NAME.startswith(exchange.first_bytes)):
            return "not HTTP: the answer does not begin with a status line"
        if self._ended:
            return "the server closed the connection in the middle of the answer's headers"
        if error.error_status_hint == TOO_LONG:
            return f"the answer's headers are longer than {LARGEST_HEAD // 1024} KiB"
        return f"the answer is not valid HTTP: {error}"

    def _malformed_body(self, exchange: Exchange) -> str:
        if not self._ended:
            return "the answer's chunked body is malformed"
        if exchange.stated_length:
            return describe_wrong_length(exchange)
        return "the server closed the connection in the middle of a chunked body"


def _has_input(channel: socket.socket) -> bool:
    """Tell whether bytes, or the end of the connection, can be read at once."""
    if hasattr(select, "poll"):
        poll = select.poll()
        poll.register(channel, select.POLLIN)
        return bool(poll.poll(0))
    return bool(select.select([channel], [], [], 0)[0])


def _head_of(response: h11.Response) -> ResponseHead:
    known, fields = dict(response.headers), response.headers.raw_items()
    stated = b"" if b"transfer-encoding" in known else known.get(b"content-length", b"")
    return ResponseHead(response.status_code, response.http_version, response.reason, fields, stated.decode("latin-1"))
