from __future__ import annotations

import gzip
import socket
import zlib
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from osia_conformance.support.secrets import Redactor
from osia_conformance.wire.client import open_client
from osia_conformance.wire.connection import Connection
from osia_conformance.wire.decoding import decode_body
from osia_conformance.wire.errors import LONGEST_REASON, NoAnswer
from osia_conformance.wire.exchange import Exchange
from osia_conformance.wire.limits import Deadline
from osia_conformance.wire.settings import HttpSettings
from tests.unit.wire.raw_server import CHUNKED, OK, SHORT, Peer, Server, answers, failure, says


def test_a_drip_in_the_headers_does_not_defeat_the_timeout() -> None:
    def script(peer: Peer) -> None:
        peer.request()
        peer.send(b"HTTP/1.1 200 OK\r\n")
        peer.drip(b"X: y\r\n")

    assert failure(script, timeout=SHORT).reason == "the answer's headers were not complete within 1 s"


def test_a_drip_in_the_body_does_not_defeat_the_timeout() -> None:
    def script(peer: Peer) -> None:
        peer.request()
        peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        peer.drip(b"x")

    assert failure(script, timeout=SHORT).reason.startswith("the answer was not complete within 1 s: ")


def test_endless_interim_answers_are_not_waited_for() -> None:
    def script(peer: Peer) -> None:
        peer.request()
        while not peer.server.over.is_set():
            peer.send(b"HTTP/1.1 103 Early Hints\r\n\r\n" * 100)

    assert failure(script).reason == "more than 20 interim answers came before any other"


def test_an_endless_body_is_cut_at_the_limit() -> None:
    def script(peer: Peer) -> None:
        peer.request()
        peer.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while not peer.server.over.is_set():
            peer.send(b"1000\r\n" + b"x" * 4096 + b"\r\n")

    with Server(script) as server, server.wire(largest_answer=10_000) as wire:
        answer = wire.send("GET", "/")
    assert (answer.status_code, answer.content, answer.extensions["truncated"]) == (200, b"x" * 10_000, True)


@pytest.mark.parametrize(("coding", "encode"), [("gzip", gzip.compress), ("deflate", zlib.compress)])
def test_a_decompression_bomb_is_cut_at_the_limit(coding: str, encode: Callable[[bytes], bytes]) -> None:
    bomb = encode(bytes(20_000_000))
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: {coding}\r\nContent-Length: {len(bomb)}\r\n\r\n".encode()
    with Server(answers(head + bomb)) as server, server.wire(largest_answer=100_000) as wire:
        answer = wire.send("GET", "/")
    assert (len(answer.content), answer.extensions["truncated"]) == (100_000, True)


BROKEN = {
    "a giant header": (
        b"HTTP/1.1 200 OK\r\nX: " + b"x" * 200_000,
        "the answer's headers are longer than 64 KiB",
    ),
    "too many headers": (
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 50_000,
        "the answer's headers are longer than 64 KiB",
    ),
    "hundreds of headers": (
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 501 + b"\r\n",
        "the answer has more than 500 headers",
    ),
    "garbage": (b"\x16\x03\x01\x00\xff" * 50, "not HTTP: the answer does not begin with a status line"),
    "garbage that looks complete": (
        b"\x00\xff\r\n\r\n",
        "not HTTP: the answer does not begin with a status line",
    ),
    "HTTP/0.9": (b"<html>hello</html>", "not HTTP: the answer does not begin with a status line"),
    "an end in the headers": (
        b"HTTP/1.1 200 OK\r\nContent-Le",
        "the server closed the connection in the middle of the answer's headers",
    ),
    "a status line without a status": (
        b"HTTP/1.1 OK\r\n\r\n",
        "the answer is not valid HTTP: illegal status line: bytearray(b'HTTP/1.1 OK')",
    ),
    "a Content-Length that is too long": (
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello",
        "the answer's length did not match its Content-Length: 5 bytes of 10 came",
    ),
    "two lengths": (
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        "the answer is not valid HTTP: conflicting Content-Length headers",
    ),
    "a negative length": (
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        "the answer is not valid HTTP: bad Content-Length",
    ),
    "an end in a chunk": (
        CHUNKED + b"a\r\nhello",
        "the server closed the connection in the middle of a chunked body",
    ),
    "a chunk without a size": (CHUNKED + b"hello\r\n", "the answer's chunked body is malformed"),
    "a switch of protocols": (
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
        "the answer is not valid HTTP: Received server _SWITCH_UPGRADE event without a pending proposal",
    ),
    "a body that is not gzip": (
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}",
        "the answer's body is not valid gzip",
    ),
    "a coding that was not asked for": (
        b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 2\r\n\r\n{}",
        "the answer's content coding 'br' was not asked for",
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_answer_is_one_sentence(case: str) -> None:
    data, reason = BROKEN[case]
    error = failure(says(data))
    assert (error.reason, error.sent) == (reason, True)


@pytest.mark.parametrize("start", [b"HTTP/1.1 20", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhel"])
def test_a_reset_in_the_middle_of_an_answer_is_reported(start: bytes) -> None:
    def script(peer: Peer) -> None:
        peer.request()
        peer.send(start)
        peer.reset()

    assert failure(script).reason == "the server reset the connection in the middle of the answer"


def test_a_reset_before_the_answer_is_reported() -> None:
    def script(peer: Peer) -> None:
        peer.request()
        peer.reset()

    assert failure(script).reason == "the server reset the connection"


@pytest.mark.parametrize(
    "reply",
    [
        b"HTTP/1.1 204 No Content\r\n\r\nsurplus",
        b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nsurplus",
        CHUNKED + b"0\r\n\r\nsurplus",
    ],
)
def test_bytes_behind_an_answer_do_not_reach_the_next_call(reply: bytes) -> None:
    with Server(answers(reply), answers(OK)) as server, server.wire() as wire:
        first = wire.send("DELETE", "/")
        assert (first.content, first.extensions["extra_bytes"]) == (b"", len("surplus"))
        second = wire.send("POST", "/")
        assert (second.content, second.extensions["retries"]) == (b"OK", 0)


def test_a_second_answer_to_one_request_does_not_reach_the_next_call() -> None:
    with Server(answers(OK + OK.replace(b"OK", b"NO")), answers(OK)) as server, server.wire() as wire:
        assert [wire.send("GET", "/").content for _ in range(2)] == [b"OK", b"OK"]


PIECES = st.sampled_from(
    [
        b"HTTP/1.1 ",
        b"HTTP/1.0 ",
        b"200 OK",
        b"204",
        b"100",
        b"101",
        b"\r\n",
        b"\n",
        b"\r\n\r\n",
        b"Content-Length: ",
        b"Transfer-Encoding: chunked",
        b"Content-Encoding: gzip",
        b"Connection: close",
        b"Upgrade: x",
        b"5",
        b"-1",
        b"9" * 5000,
        b"ffffffffffffffffffff",
        b"; x",
        b": ",
        b" x",
        b"\x1f\x8b",
        b"{}",
    ]
)


@given(
    parts=st.lists(PIECES | st.binary(max_size=20), max_size=25),
    method=st.sampled_from(["GET", "HEAD", "POST"]),
)
def test_whatever_comes_is_an_answer_or_one_sentence(parts: list[bytes], method: str) -> None:
    near, far = socket.socketpair()
    with near, far:
        far.sendall(b"".join(parts))
        far.shutdown(socket.SHUT_WR)
        exchange = Exchange(method, b"/", [(b"Host", b"target.test")], b"", Deadline(10))
        connection = Connection(near)
        try:
            outcome = str(connection.send(exchange).status_code)
            decode_body(connection.read_body(exchange), "", 1000)
        except NoAnswer as error:
            outcome = error.reason
    assert outcome.isprintable()
    assert len(outcome) < 250


SECRET = "Kanarie-4711/Secret-of-the-target"
PLACES = {
    "a header's line": lambda before: f"HTTP/1.1 200 OK\r\nX {'x' * before}{SECRET}: 1\r\n\r\n",
    "the status line": lambda before: f"HTTP/1.1 abc{'x' * before}{SECRET}\r\n\r\n",
    "a content coding": lambda before: (
        f"HTTP/1.1 200 OK\r\nContent-Encoding: {'x' * before}{SECRET}\r\nContent-Length: 1\r\n\r\n1"
    ),
    "a length": lambda before: f"HTTP/1.1 200 OK\r\nContent-Length: {'1' * before}{SECRET}\r\n\r\n",
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("before", [0, 8, 20, 25, 60, 80, 100, 120, 130, 180, 200, 220, 230, 5000])
def test_secrets_are_taken_out_of_what_is_quoted_before_it_is_cut(place: str, before: int) -> None:
    redactor = Redactor([SECRET])
    error = failure(says(PLACES[place](before).encode()), without_secrets=redactor.text)
    assert not [at for at in range(len(SECRET) - 4) if SECRET[at : at + 5] in f"{error}{error.reason}"]
    assert len(error.reason) <= LONGEST_REASON + 1


def test_a_request_that_cannot_be_sent_names_no_secret_either() -> None:
    redactor = Redactor([SECRET])
    with open_client(HttpSettings("http://127.0.0.1:9", without_secrets=redactor.text)) as wire:
        for path, name in ((f"{'x' * 70}{SECRET}", "X"), ("/", f"{'x' * 70}{SECRET}\n")):
            with pytest.raises(NoAnswer) as caught:
                wire.send("GET", path, headers=[(name, "1")])
            assert SECRET[:5] not in str(caught.value)
