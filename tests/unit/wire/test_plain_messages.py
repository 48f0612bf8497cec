"""Messages that go past h11 against the same messages judged by h11: there is one outcome, whatever comes."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from typing import cast

import h11
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from osia_conformance.wire import connection as connections
from osia_conformance.wire.connection import Connection
from osia_conformance.wire.errors import NoAnswer
from osia_conformance.wire.exchange import Exchange
from osia_conformance.wire.limits import Deadline

HOST = (b"Host", b"target.test")
Fields = list[tuple[bytes, bytes]]


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


def outcome(channel: Script, exchange: Exchange, connection: Connection) -> object:
    """Return all that an exchange shows: its head, body and what is behind it, or why there is none."""
    body = b""
    try:
        head = connection.send(exchange)
        body = b"".join(connection.read_body(exchange))
    except NoAnswer as error:
        return type(error), error.reason, error.sent, body, exchange.body_bytes
    return head, body, connection.end_exchange(), connection.is_idle, channel.sent


def conversation(channel: Script, requests: Sequence[tuple[str, Fields, bytes]]) -> list[object]:
    """Send requests on one connection for as long as it can take them."""
    connection, found = Connection(cast("socket.socket", channel)), []
    for method, fields, body in requests:
        found.append(outcome(channel, Exchange(method, b"/v1", list(fields), body, Deadline(10)), connection))
        if not connection.is_idle:
            break
    return found


def judged_by_h11(channel: Script, requests: Sequence[tuple[str, Fields, bytes]]) -> list[object]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(connections, "encode_request", lambda *_: None)
        return conversation(channel, requests)


STATUS_LINES = st.sampled_from(
    [
        *[b"HTTP/1.1 200 OK"] * 6,
        *(
            b"HTTP/1.1 " + rest
            for rest in (b"204 No Content", b"304 ", b"200", b"200 ", b"404 Not\tFound \xff", b"999 ?")
        ),
        *(
            b"HTTP/1.1 " + rest
            for rest in (b"100 Continue", b"101 Switching", b"103 Early", b"099 x", b"20 x", b"2000")
        ),
        *(
            b"HTTP/1.0 200 OK",
            b"HTTP/1.2 200 OK",
            b"HTTP/2 200",
            b"http/1.1 200 OK",
            b"HTTP/1.1  200 OK",
            b" HTTP/1.1 200",
        ),
        *(b"HTTP/1.1 200 a\0b", b"HTTP/1.1 200 a\x0bb", b"HTTP/1.1 \xb2\xb20 OK", b""),
    ]
)
NAMES = st.sampled_from(
    [
        *(b"Content-Type", b"Date", b"X", b"content-LENGTH", b"Content-Length", b"Transfer-Encoding", b"Connection"),
        *(
            b"connection",
            b"Keep-Alive",
            b"Upgrade",
            b"Content-Length ",
            b"X Y",
            b"",
            b" X",
            b"X\xff",
            b"X\0",
            b"!#$%&'*+-.^_`|~9",
        ),
    ]
)
VALUES = st.sampled_from(
    [
        *(b"text/plain; a=b", b"", b" a", b"a ", b"\t a \t b\t", b"keep-alive", b"Keep-Alive", b"close"),
        *(
            b"keep-alive, close",
            b"chunked",
            b"identity",
            b"0",
            b"5",
            b"05",
            b"5, 5",
            b"5,6",
            b"+5",
            b"-5",
            b"5 ",
            b"\xb2",
        ),
        *(b"0x5", b"9" * 18, b"9" * 21),
        *(b"a\0b", b"a\x0bb", b"a\x0cb", b"a\rb", b"a\nb", b"a\r\n b", b"\xff\xfe", b"a:b", b"h2c", b"x" * 300),
    ]
)
BREAKS = st.sampled_from([*[b"\r\n"] * 12, b"\n", b"\r", b"\r\r\n", b"\n\r\n", b"\r\n "])
FIELDS = st.lists(st.tuples(NAMES, VALUES), max_size=4)
BODIES = st.sampled_from(
    [b"", b"x", b"hello", b"{}", b"5\r\nhello\r\n0\r\n\r\n", b"HTTP/1.1 200 OK\r\n\r\n", b"y" * 70_000]
)


ODDITIES = st.sampled_from(["none", "none", "status", "fields", "length", "no length", "breaks", "byte", "cut", "all"])


@st.composite
def responses(draw: st.DrawFn) -> list[bytes]:
    """Draw one response, in the pieces that a network may cut it into: plain, or odd in one place, or in all."""
    oddity, body = draw(ODDITIES), draw(BODIES)

    def odd(what: str) -> bool:
        return oddity in (what, "all")

    fields = [(b"Content-Type", b"text/plain"), *(draw(FIELDS) if odd("fields") else [])]
    if oddity != "no length":
        fields.append(
            (b"Content-Length", b"%d" % max(0, len(body) + (draw(st.integers(-1, 1)) if odd("length") else 0)))
        )
    lines = [draw(STATUS_LINES) if odd("status") else b"HTTP/1.1 200 OK", *(b": ".join(field) for field in fields), b""]
    head = b"".join(line + (draw(BREAKS) if odd("breaks") else b"\r\n") for line in lines)
    if odd("byte"):
        at = draw(st.integers(0, len(head) - 1))
        head = head[:at] + draw(st.binary(max_size=2)) + head[at + draw(st.integers(0, 2)) :]
    data = head + body
    cuts = sorted(draw(st.lists(st.integers(0, min(len(data), 300)), max_size=3))) if odd("cut") else []
    return [data[begin:end] for begin, end in zip([0, *cuts], [*cuts, len(data)], strict=True)]


REQUEST_NAMES = st.sampled_from(
    [
        *(b"Accept", b"Authorization", b"Content-Length", b"Transfer-Encoding", b"Expect", b"Connection", b"Upgrade"),
        *(b"host", b"X y", b""),
    ]
)
REQUEST_VALUES = st.sampled_from(
    [
        *(
            b"a",
            b"",
            b" a",
            b"a\r\nb: c",
            b"\0",
            b"5",
            b"05",
            b"0",
            b"chunked",
            b"100-continue",
            b"close",
            b"keep-alive",
        ),
        b"\xe4",
    ]
)
REQUEST_FIELDS = st.lists(st.tuples(REQUEST_NAMES, REQUEST_VALUES), max_size=2)
METHODS = st.sampled_from([*["GET", "POST", "PUT", "DELETE"] * 3, "HEAD", "CONNECT", "get", "G T", "", "GÄT"])


@st.composite
def requests(draw: st.DrawFn) -> tuple[str, Fields, bytes]:
    """Draw one request: plain, or with fields that say otherwise, or without the ones that it needs."""
    body = draw(st.sampled_from([b"", b"hello"]))
    fields = [HOST, (b"Content-Length", b"%d" % len(body))]
    if draw(st.booleans()):
        fields = draw(st.permutations(fields))[: draw(st.integers(0, 2))] + draw(REQUEST_FIELDS)
    return draw(METHODS), fields, body


GET: tuple[str, Fields, bytes] = ("GET", [HOST], b"")


def says(fields: bytes, status: bytes = b"HTTP/1.1 200 OK") -> tuple[list[bytes], list[bytes]]:
    """Return two responses with the body `{}`, the first with these fields."""
    return [b"%b\r\n%b\r\n\r\n{}" % (status, fields)], [b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"]


ENDS = st.sampled_from(["closed", "reset", "silent"])
FAILURES = {"closed": b"", "reset": ConnectionResetError(), "silent": TimeoutError()}


@given(
    answers=st.tuples(responses(), responses()),
    asked=st.lists(requests(), min_size=2, max_size=2),
    ends=ENDS,
    failing=st.just(-1) | st.integers(0, 3),
)
@example(says(b"Content-Length: 2"), [GET, GET], "closed", -1)
@example(says(b"Content-Length: 1"), [GET, GET], "closed", -1)
@example(says(b"Content-Length: 3"), [GET, GET], "closed", -1)
@example(says(b"Content-Length: 000000000000000000002"), [GET, GET], "closed", -1)
@example(says(b"Content-Length: 2\r\nConnection: close"), [GET, GET], "closed", -1)
@example(says(b"Content-Length: 2\r\nConnection: Keep-Alive"), [GET, GET], "closed", -1)
@example(says(b"Content-Length: 2"), [("GET", [HOST, (b"Connection", b"close")], b""), GET], "closed", -1)
@example(says(b"Content-Length: 2"), [("GET", [HOST, (b"Expect", b"100-continue")], b""), GET], "closed", -1)
@example(says(b"Content-Length: 2", b"HTTP/1.1 204 "), [GET, GET], "closed", -1)
@example(says(b"Content-Length: 2", b"HTTP/1.1 101 "), [("GET", [HOST, (b"Upgrade", b"h2c")], b""), GET], "closed", -1)
@example(says(b"Content-Length: 2", b"HTTP/1.0 200 OK"), [GET, GET], "closed", -1)
@example(says(b"Content-Length: 2", b"HTTP/1.1 200 a\x0bb"), [GET, GET], "closed", -1)
@example(says(b"Content-Length: 2\r\nContent-Length: 3"), [GET, GET], "closed", -1)
@example(says(b"Content-Length: 2\r\nX: a\x0bb"), [GET, GET], "closed", -1)
def test_a_plain_message_has_the_outcome_that_h11_gives_it(
    answers: tuple[list[bytes], ...], asked: list[tuple[str, Fields, bytes]], ends: str, failing: int
) -> None:
    data = [piece for answer in answers for piece in answer]
    plain = conversation(Script(data, FAILURES[ends], failing), asked)
    assert plain == judged_by_h11(Script(data, FAILURES[ends], failing), asked)


PLAIN = [
    b"HTTP/1.1 200 OK\r\nDate: now\r\nContent-Length: 2\r\nConnection: keep-alive\r\n\r\n{}",
    b"HTTP/1.1 204 No Content\r\nDate: now\r\n\r\n",
    b"HTTP/1.1 404\r\ncontent-length: 0\r\n\r\n",
]


@pytest.mark.parametrize("answer", PLAIN)
@pytest.mark.parametrize("body", [b"", b"hello"])
def test_a_plain_exchange_does_not_go_through_h11(answer: bytes, body: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    fields = [HOST, (b"Content-Length", b"%d" % len(body))]
    expected = judged_by_h11(Script([answer]), [("POST", fields, body)])

    def refuse(*_: object) -> None:
        raise AssertionError("h11 was asked")

    monkeypatch.setattr(h11.Connection, "send", refuse)
    monkeypatch.setattr(h11.Connection, "next_event", refuse)
    assert conversation(Script([answer]), [("POST", fields, body)]) == expected


def test_a_body_may_come_after_its_head() -> None:
    head, body = PLAIN[0][:-2], PLAIN[0][-2:]
    found = conversation(Script([head, body[:1], body[1:]]), [("GET", [HOST], b"")])
    assert found == conversation(Script([head + body]), [("GET", [HOST], b"")])
