from __future__ import annotations

import threading

import pytest

from osia_conformance.wire.errors import NoAnswer
from tests.unit.wire.raw_server import (
    CHUNKED,
    CLOSED,
    OK,
    Peer,
    Server,
    answers,
    says,
)


def test_a_connection_is_used_again() -> None:
    with Server(answers(OK, OK, CHUNKED + b"1\r\nx\r\n0\r\n\r\n")) as server, server.wire() as wire:
        assert [wire.send("POST", "/", body=b"{}").content for _ in range(3)] == [b"OK", b"OK", b"x"]


def test_an_idle_connection_that_was_closed_is_noticed_before_use() -> None:
    with Server(says(OK), answers(OK)) as server, server.wire() as wire:
        wire.send("GET", "/")
        server.closed[0].wait(60)
        answer = wire.send("POST", "/", body=b"{}")
        assert (answer.content, answer.extensions["retries"]) == (b"OK", 0)


def closes_at_the_second(peer: Peer) -> None:
    peer.request()
    peer.send(OK)
    peer.request()


def test_a_safe_call_on_an_idle_connection_that_closes_is_repeated_and_counted() -> None:
    with Server(closes_at_the_second, answers(OK)) as server, server.wire() as wire:
        wire.send("GET", "/1")
        answer = wire.send("GET", "/2")
        assert (answer.content, answer.extensions["retries"]) == (b"OK", 1)
        assert [request.split()[1] for request in server.requests[:3]] == [b"/1", b"/2", b"/2"]


def test_a_repeated_call_whose_answer_breaks_off_is_counted() -> None:
    broken = CHUNKED + b"a\r\nhello"
    with Server(closes_at_the_second, says(broken)) as server, server.wire() as wire:
        wire.send("GET", "/1")
        with pytest.raises(NoAnswer, match="middle of a chunked body") as caught:
            wire.send("GET", "/2")
        assert (caught.value.sent, caught.value.retries) == (True, 1)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_an_unsafe_call_that_may_have_arrived_is_never_repeated(method: str) -> None:
    with Server(closes_at_the_second, answers(OK)) as server, server.wire() as wire:
        wire.send("GET", "/1")
        with pytest.raises(NoAnswer, match=CLOSED) as caught:
            wire.send(method, "/2", body=b"{}")
        assert (caught.value.sent, caught.value.retries) == (True, 0)


def test_a_safe_call_is_not_repeated_when_the_connection_is_new() -> None:
    with Server(says(), answers(OK)) as server, server.wire() as wire:
        with pytest.raises(NoAnswer, match=CLOSED) as caught:
            wire.send("GET", "/")
        assert caught.value.retries == 0


def test_a_connection_that_the_server_wants_closed_is_closed() -> None:
    closing_answer = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nOK"
    with Server(answers(closing_answer), answers(OK)) as server, server.wire() as wire:
        wire.send("GET", "/")
        assert wire.send("POST", "/").content == b"OK"


def test_two_threads_have_their_calls_under_way_together() -> None:
    together = threading.Barrier(2, timeout=60)

    def script(peer: Peer) -> None:
        target = peer.request().split()[1]
        together.wait()
        peer.send(OK.replace(b"OK", target))

    bodies: list[bytes] = []
    with Server(script, script) as server, server.wire(timeout=60) as wire:
        threads = [
            threading.Thread(target=lambda path=path: bodies.append(wire.send("GET", path).content))
            for path in ("/a", "/b")
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(bodies) == [b"/a", b"/b"]


def test_an_answer_before_the_request_was_read_is_an_answer() -> None:
    reply = b"HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    with Server(lambda peer: peer.send(reply)) as server, server.wire() as wire:
        assert wire.send("POST", "/", body=bytes(20_000_000)).status_code == 413
