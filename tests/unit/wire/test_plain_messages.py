"""Messages that go past h11 against the same messages judged by h11: there is one outcome, whatever comes."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

import h11
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from osia_conformance.wire import connection as connections
from osia_conformance.wire.connection import Connection
from osia_conformance.wire.errors import NoAnswer
from osia_conformance.wire.exchange import Exchange
from osia_conformance.wire.limits import Deadline
from tests.unit.wire.drawn_messages import HOST, Asked, requests, responses

GET: Asked = ("GET", [HOST], b"")
ENDS = {"closed": b"", "reset": ConnectionResetError(), "silent": TimeoutError()}


class Script:
    """A socket that takes what is sent, up to the write that fails, and gives prepared pieces; then it `ends`."""

    def __init__(self, pieces: Sequence[bytes], ends: bytes | OSError = b"", failing_write: int = -1) -> None:
        self.sent = b""
        self._pieces = [piece for piece in pieces if piece]
        self._ends = ends
        self._writes_left = failing_write

    def settimeout(self, seconds: float) -> None:
        pass

    def send(self, data: memoryview) -> int:
        if self._writes_left == 0:
            raise BrokenPipeError
        self._writes_left -= 1
        self.sent += data[:40]
        return len(data[:40])

    def recv(self, most: int) -> bytes:
        if not self._pieces:
            if isinstance(self._ends, OSError):
                raise self._ends
            return self._ends
        piece = self._pieces.pop(0)
        if piece[most:]:
            self._pieces.insert(0, piece[most:])
        return piece[:most]


@dataclass(frozen=True)
class Case:
    """Requests on one connection, and the pieces that come back; `failing` is the write that fails."""

    pieces: list[bytes]
    requests: tuple[Asked, ...] = (GET, GET)
    ends: str = "closed"
    failing: int = -1
    streamed: bool = False

    def outcomes(self) -> list[tuple[Any, ...]]:
        """Return what the requests show, for as long as the connection can take them."""
        channel = Script(self.pieces, ENDS[self.ends], self.failing)
        connection, found = Connection(cast("socket.socket", channel)), []
        for method, fields, body in self.requests:
            exchange = Exchange(method, b"/v1", list(fields), body, Deadline(3600), self.streamed)
            found.append((*outcome(exchange, connection), exchange.stated_length, channel.sent))
            if not connection.is_idle:
                break
        return found

    def outcomes_by_h11(self) -> list[tuple[Any, ...]]:
        """Return the same with every message given to h11."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(connections, "encode_request", lambda *_: None)
            return self.outcomes()


def outcome(exchange: Exchange, connection: Connection) -> tuple[Any, ...]:
    """Return all that an exchange shows: its head, body and what is behind it, or why there is none."""
    body = b""
    try:
        head = connection.send(exchange)
        body = b"".join(connection.read_body(exchange))
    except NoAnswer as error:
        return type(error), error.reason, error.sent, body, exchange.body_bytes
    # How many bytes behind it have come by then depends on how much is read at a time.
    return replace(head, body_size=None), body, connection.end_exchange() > 0, connection.is_idle


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Draw two requests and two responses, the second of which may come along with the first."""
    pieces = [*draw(responses()), *draw(responses())]
    return Case(
        pieces=[b"".join(pieces)] if draw(st.integers(0, 4)) == 0 else pieces,
        requests=(draw(requests()), draw(requests())),
        ends=draw(st.sampled_from([*ENDS])),
        failing=draw(st.just(-1) | st.integers(0, 3)),
        streamed=draw(st.booleans()),
    )


def says(fields: bytes, status: bytes = b"HTTP/1.1 200 OK", **more: Any) -> Case:
    """Return a case of two responses with the body `{}`, the first of them with these fields."""
    return Case([b"%b\r\n%b\r\n\r\n{}" % (status, fields), b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"], **more)


def asks(field: bytes, value: bytes) -> tuple[Asked, Asked]:
    return ("GET", [HOST, (field, value)], b""), GET


KNOWN = {
    "plain": says(b"Content-Length: 2"),
    "more than stated": says(b"Content-Length: 1"),
    "less than stated": says(b"Content-Length: 3"),
    "a length of 21 digits": says(b"Content-Length: 000000000000000000002"),
    "two lengths": says(b"Content-Length: 2\r\nContent-Length: 3"),
    "no length, and it ends": Case([b"HTTP/1.1 200 OK\r\nX: y\r\n\r\n"]),
    "it closes": says(b"Content-Length: 2\r\nConnection: close"),
    "it keeps alive": says(b"Content-Length: 2\r\nConnection: Keep-Alive"),
    "a line tabulation": says(b"Content-Length: 2\r\nX: a\x0bb"),
    "a line tabulation in the reason": says(b"Content-Length: 2", b"HTTP/1.1 200 a\x0bb"),
    "HTTP/1.0": says(b"Content-Length: 2", b"HTTP/1.0 200 OK"),
    "no content, and a length": says(b"Content-Length: 2", b"HTTP/1.1 204 "),
    "no content, a long length, and it closes": says(
        b"Content-Length: 70000\r\nConnection: close", b"HTTP/1.1 204 ", streamed=True, ends="silent"
    ),
    "switching": says(b"Content-Length: 2", b"HTTP/1.1 101 ", requests=asks(b"Upgrade", b"h2c")),
    "a request that closes": says(b"Content-Length: 2", requests=asks(b"Connection", b"close")),
    "a request that expects": says(b"Content-Length: 2", requests=asks(b"Expect", b"100-continue")),
    "a method outside ASCII": says(b"Content-Length: 2", requests=(("GÄT", [HOST], b""), GET)),
    "more than stated, streamed": Case(
        [b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\nConnection: close\r\n\r\n" + b"y" * 100_001], streamed=True
    ),
}


@pytest.mark.parametrize("case", KNOWN.values(), ids=KNOWN)
def test_what_is_nearly_plain_has_the_outcome_that_h11_gives_it(case: Case) -> None:
    assert case.outcomes() == case.outcomes_by_h11()


@settings(max_examples=500)
@given(cases())
def test_whatever_is_drawn_has_the_outcome_that_h11_gives_it(case: Case) -> None:
    assert case.outcomes() == case.outcomes_by_h11()


PLAIN = [
    b"HTTP/1.1 200 OK\r\nDate: now\r\nContent-Length: 2\r\nConnection: keep-alive\r\n\r\n{}",
    b"HTTP/1.1 204 No Content\r\nDate: now\r\n\r\n",
    b"HTTP/1.1 404\r\ncontent-length: 0\r\n\r\n",
]


@pytest.fixture(name="h11_is_not_asked")
def no_h11(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let whatever goes through h11 fail."""

    def refuse(*_: object) -> None:
        raise AssertionError("h11 was asked")

    monkeypatch.setattr(h11.Connection, "send", refuse)
    monkeypatch.setattr(h11.Connection, "next_event", refuse)


@pytest.mark.parametrize("answer", PLAIN)
@pytest.mark.parametrize("body", [b"", b"hello"])
@pytest.mark.usefixtures("h11_is_not_asked")
def test_a_plain_exchange_does_not_go_through_h11(answer: bytes, body: bytes) -> None:
    fields = [HOST, (b"Content-Length", b"%d" % len(body))]
    (found,) = Case([answer], (("POST", fields, body),)).outcomes()
    assert found[-1].endswith(b"\r\n\r\n" + body)
    assert found[1] == answer.partition(b"\r\n\r\n")[2]


@pytest.mark.usefixtures("h11_is_not_asked")
def test_a_body_may_come_after_its_head() -> None:
    head, body = PLAIN[0][:-2], PLAIN[0][-2:]
    assert Case([head, body[:1], body[1:]], (GET,)).outcomes() == Case([head + body], (GET,)).outcomes()


def test_after_a_chunked_answer_h11_has_the_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"
    tried: list[bytes] = []
    monkeypatch.setattr(connections, "read_head", lambda data, _: tried.append(data))
    assert [found[1] for found in Case([chunked, PLAIN[0]]).outcomes()] == [b"{}", b"{}"]
    assert tried == [chunked]
