"""The transport as httpx knows transports: below a client of httpx's own, and beside others."""

from __future__ import annotations

import gzip
import threading
from typing import Any

import httpx
import pytest

from osia_conformance.wire.client import HttpClient, open_client
from osia_conformance.wire.errors import NoAnswer, Unsendable
from osia_conformance.wire.headers import header_fields
from osia_conformance.wire.settings import HttpSettings
from osia_conformance.wire.streaming import Download, Upload
from osia_conformance.wire.transport import StrictTransport
from tests.unit.wire.raw_server import OK, Server, answers, closed_port


def test_a_client_of_httpx_can_use_it() -> None:
    body = gzip.compress(b"decoded by httpx")
    reply = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
    with (
        Server(answers(reply + b"extra", OK)) as server,
        httpx.Client(transport=StrictTransport(), trust_env=False) as client,
    ):
        answer = client.get(f"http://127.0.0.1:{server.port}/a?b=c")
    assert (answer.text, answer.http_version) == ("decoded by httpx", "HTTP/1.1")
    assert (answer.extensions["extra_bytes"], answer.extensions["retries"]) == (5, 0)
    assert server.requests[0].startswith(b"GET /a?b=c HTTP/1.1\r\nHost: 127.0.0.1")


def test_servers_have_connections_of_their_own() -> None:
    with Server(answers(OK, OK)) as one, Server(answers(OK)) as other:
        with httpx.Client(transport=StrictTransport(), trust_env=False) as client:
            for port in (one.port, other.port, one.port):
                assert client.get(f"http://127.0.0.1:{port}/").text == "OK"
        assert [len([request for request in server.requests if request]) for server in (one, other)] == [2, 1]


def test_what_it_raises_is_what_httpx_raises() -> None:
    with (
        httpx.Client(transport=StrictTransport(), trust_env=False) as client,
        pytest.raises(httpx.TransportError, match=r"^connection refused$") as caught,
    ):
        client.get(f"http://127.0.0.1:{closed_port()}/")
    assert caught.value.request.method == "GET"


@pytest.mark.parametrize("url", ["ftp://target.test/", "/path"])
def test_only_http_can_be_sent(url: str) -> None:
    with pytest.raises(Unsendable, match="only http and https"):
        StrictTransport().handle_request(httpx.Request("GET", url))


def test_the_deadline_of_a_request_holds() -> None:
    with Server(lambda peer: peer.wait_for_the_end()) as server:
        request = httpx.Request("GET", f"http://127.0.0.1:{server.port}/", extensions={"deadline": 0.05})
        with StrictTransport() as transport, pytest.raises(NoAnswer, match=r"^no answer within 0\.05 s$"):
            transport.handle_request(request)


def test_a_body_that_is_not_as_long_as_it_says_is_no_valid_request() -> None:
    with Server(answers(OK)) as server, StrictTransport() as transport:
        url, headers = f"http://127.0.0.1:{server.port}/", {"Host": "h", "Content-Length": "3"}
        request = httpx.Request("POST", url, headers=headers, content=iter([b"four"]))
        with pytest.raises(NoAnswer, match="the request is not valid HTTP: Too much data"):
            transport.handle_request(request)


def test_a_response_that_is_not_read_gives_its_connection_back() -> None:
    with Server(answers(OK), answers(OK)) as server, StrictTransport() as transport:
        for _ in range(2):
            transport.handle_request(httpx.Request("GET", f"http://127.0.0.1:{server.port}/")).close()
        assert server.closed[0].wait(60)


def opened(transport: httpx.BaseTransport, **settings: Any) -> HttpClient:
    return open_client(HttpSettings("http://target.test/identity", **settings), transport)


def test_another_transport_gets_the_request_as_httpx_has_it() -> None:
    seen: list[httpx.Request] = []

    def handle(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(201, headers=[("X-One", "1"), ("x-one", "2")], content=b"{}")

    with opened(httpx.MockTransport(handle), timeout=3) as client:
        answer = client.send("POST", "/v1/a%2Fb/../c", query=[("q", "x y")], body=b"body")
    request = seen[0]
    assert (request.method, request.content) == ("POST", b"body")
    assert str(request.url) == "http://target.test/identity/v1/c?q=x%20y"  # as httpx writes it
    assert request.extensions["target"] == b"/identity/v1/a%2Fb/../c?q=x%20y"
    assert (request.extensions["deadline"], request.extensions["timeout"]["read"]) == (3, 3)
    assert (answer.status_code, answer.content, answer.json()) == (201, b"{}", {})
    assert header_fields(answer)[:2] == (("X-One", "1"), ("x-one", "2"))
    assert (answer.extensions["truncated"], answer.extensions["elapsed"] >= 0) == (False, True)


def test_the_body_of_another_transport_is_decoded_and_bounded() -> None:
    def handle(_: httpx.Request) -> httpx.Response:
        coded = gzip.compress(bytes(100_000))
        return httpx.Response(200, headers={"Content-Encoding": "gzip"}, stream=httpx.ByteStream(coded))

    with opened(httpx.MockTransport(handle), largest_answer=100) as client:
        answer = client.send("GET", "/")
    assert (answer.content, answer.read(), answer.extensions["truncated"]) == (bytes(100), bytes(100), True)
    assert answer.headers["content-encoding"] == "gzip"


def test_a_transport_may_have_read_the_body_already() -> None:
    class Recording(httpx.BaseTransport):
        def __init__(self) -> None:
            self.bodies: list[bytes] = []
            self._inner = StrictTransport()

        def handle_request(self, request: httpx.Request) -> httpx.Response:
            response = self._inner.handle_request(request)
            self.bodies.append(response.read())
            return response

        def close(self) -> None:
            self._inner.close()

    coded, recording = gzip.compress(b"{}"), Recording()
    reply = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%s" % (len(coded), coded)
    with (
        Server(answers(reply + b"!", OK)) as server,
        open_client(HttpSettings(f"http://127.0.0.1:{server.port}"), recording) as client,
    ):
        answer = client.send("GET", "/")
    assert (answer.content, recording.bodies, answer.extensions["extra_bytes"]) == (b"{}", [b"{}"], 1)


def test_a_body_is_read_once() -> None:
    with Server(answers(OK)) as server, StrictTransport() as transport:
        response = transport.handle_request(httpx.Request("GET", f"http://127.0.0.1:{server.port}/"))
        assert response.read() == b"OK"
        with pytest.raises(httpx.StreamConsumed):
            list(response.iter_raw())


def test_bodies_stream_through_another_transport() -> None:
    sent, came = Upload(1_000_000), Download(1_000_000)

    def handle(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, content=request.read())

    with opened(httpx.MockTransport(handle)) as client:
        assert client.send("POST", "/", body=sent, sink=came).content == b""
    assert (came.size, came.sha256) == (sent.size, sent.sha256)


FAILURES = {
    "no connection: refused": (httpx.ConnectError("refused"), False),
    "no connection within 10 s": (httpx.ConnectTimeout("late"), False),
    "no answer within 10 s": (httpx.ReadTimeout("late"), True),
    "the connection failed (ReadError)": (httpx.ReadError(""), True),
    "the connection failed (it broke)": (httpx.RemoteProtocolError("it\nbroke"), True),
    "the request cannot be sent: no": (httpx.LocalProtocolError("no"), False),
}


@pytest.mark.parametrize("reason", FAILURES)
def test_the_errors_of_another_transport_are_one_sentence(reason: str) -> None:
    error, sent = FAILURES[reason]

    def handle(_: httpx.Request) -> httpx.Response:
        raise error

    with opened(httpx.MockTransport(handle)) as client, pytest.raises(NoAnswer) as caught:
        client.send("GET", "/")
    assert (caught.value.reason, caught.value.sent) == (reason, sent)


def test_a_url_that_httpx_does_not_know_cannot_be_sent_by_another_transport() -> None:
    def handle(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, text=str(request.url))

    with opened(httpx.MockTransport(handle)) as client, pytest.raises(Unsendable, match="URL too long"):
        client.send("GET", "/" + "x" * 70_000)


def test_a_body_of_another_transport_ends_at_the_deadline() -> None:
    class Slow(httpx.SyncByteStream):
        def __iter__(self) -> Any:
            while True:
                threading.Event().wait(0.01)
                yield b" "

    with (
        opened(httpx.MockTransport(lambda _: httpx.Response(200, stream=Slow())), timeout=0.1) as client,
        pytest.raises(NoAnswer, match=r"^the answer was not complete within 0\.1 s$"),
    ):
        client.send("GET", "/")
