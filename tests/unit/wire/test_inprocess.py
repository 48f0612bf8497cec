from __future__ import annotations

import asyncio
import gzip
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from osia_conformance.wire.client import HttpClient, open_client
from osia_conformance.wire.errors import NoAnswer
from osia_conformance.wire.headers import header_fields
from osia_conformance.wire.settings import HttpSettings
from tests.harness.inprocess import AsgiTransport, Message, Receive, Send


def wire(app: Any, timeout: float = 60) -> HttpClient:
    settings = HttpSettings("http://target.test/identity", timeout=timeout)
    return open_client(settings, AsgiTransport(app))


async def echo(scope: Message, receive: Receive, send: Send) -> None:
    request = Request(scope, receive)
    headers = {
        "X-Target": scope["raw_path"].decode(),
        "X-Path": scope["path"].encode("unicode_escape").decode(),
    }
    headers["X-Query"] = scope["query_string"].decode()
    await Response(await request.body(), 201, headers)(scope, receive, send)


@pytest.fixture
def client() -> Iterator[HttpClient]:
    with wire(echo) as opened:
        yield opened


def test_the_application_gets_method_target_and_body_as_sent(client: HttpClient) -> None:
    answer = client.send("POST", "/v1/a%2Fb%00/../c", query=[("q", "x y")], body=b"\x00body")
    assert (answer.status_code, answer.content) == (201, b"\x00body")
    headers = dict(header_fields(answer))
    assert headers["x-target"] == "/identity/v1/a%2Fb%00/../c"
    assert headers["x-path"] == "/identity/v1/a/b\\x00/../c"
    assert headers["x-query"] == "q=x%20y"


def test_a_streamed_answer_is_collected() -> None:
    async def stream(scope: Message, receive: Receive, send: Send) -> None:
        async def parts() -> Any:
            for number in range(3):
                await asyncio.sleep(0)
                yield f"part {number};"

        await StreamingResponse(parts())(scope, receive, send)

    with wire(stream) as client:
        assert client.send("GET", "/").content == b"part 0;part 1;part 2;"


def test_an_exception_of_the_application_is_a_broken_connection() -> None:
    async def broken(scope: Message, receive: Receive, send: Send) -> None:
        raise KeyError(scope["path"])

    with (
        wire(broken) as client,
        pytest.raises(NoAnswer, match=r"^the server closed the connection$") as caught,
    ):
        client.send("GET", "/")
    assert isinstance(caught.value.__cause__, KeyError)


def test_half_an_answer_is_a_broken_connection() -> None:
    async def half(scope: Message, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"{", "more_body": True})

    with wire(half) as client, pytest.raises(NoAnswer, match="closed the connection"):
        client.send("GET", "/")


def test_the_answer_is_bounded_and_decoded() -> None:
    async def coded(scope: Message, receive: Receive, send: Send) -> None:
        body = gzip.compress(bytes(100_000))
        await Response(body, headers={"Content-Encoding": "gzip"})(scope, receive, send)

    settings = HttpSettings("http://target.test", largest_answer=100)
    with open_client(settings, AsgiTransport(coded)) as client:
        answer = client.send("GET", "/")
    assert (answer.content, answer.extensions["truncated"]) == (bytes(100), True)


def test_an_exception_after_the_answer_does_not_undo_it() -> None:
    async def late(scope: Message, receive: Receive, send: Send) -> None:
        await Response("done")(scope, receive, send)
        raise RuntimeError

    with wire(late) as client:
        assert client.send("GET", "/").content == b"done"


def test_an_application_that_waits_forever_ends_at_the_timeout() -> None:
    async def silent(scope: Message, receive: Receive, send: Send) -> None:
        await asyncio.Event().wait()

    with wire(silent, timeout=0.05) as client, pytest.raises(NoAnswer, match=r"no answer within 0\.05 s"):
        client.send("GET", "/")


def test_the_disconnect_comes_after_the_answer_and_not_before() -> None:
    seen: list[str] = []

    async def listening(scope: Message, receive: Receive, send: Send) -> None:
        seen.append((await receive())["type"])
        waiting = asyncio.ensure_future(receive())
        await asyncio.sleep(0)
        assert not waiting.done()
        await Response("ok")(scope, receive, send)
        seen.append((await waiting)["type"])

    with wire(listening) as client:
        assert client.send("GET", "/").status_code == 200
    assert seen == ["http.request", "http.disconnect"]


def test_the_answer_to_head_has_no_body(client: HttpClient) -> None:
    assert client.send("HEAD", "/", body=b"abc").content == b""


def test_header_names_are_lower_case() -> None:
    async def shouting(scope: Message, receive: Receive, send: Send) -> None:
        headers = [(b"X-One", b"1"), (b"x-one", b"2")]
        await send({"type": "http.response.start", "status": 204, "headers": headers})
        await send({"type": "http.response.body"})

    with wire(shouting) as client:
        assert header_fields(client.send("GET", "/")) == (("x-one", "1"), ("x-one", "2"))


def test_two_threads_are_in_the_application_at_the_same_time() -> None:
    together = threading.Barrier(2, timeout=60)

    async def meeting(scope: Message, receive: Receive, send: Send) -> None:
        together.wait()
        await Response(scope["path"])(scope, receive, send)

    bodies: list[bytes] = []
    with wire(meeting) as client:
        threads = [
            threading.Thread(target=lambda name=name: bodies.append(client.send("GET", f"/{name}").content))
            for name in "ab"
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(bodies) == [b"/identity/a", b"/identity/b"]


def test_closing_cancels_what_the_application_left_running() -> None:
    ended: list[str] = []
    kept: list[asyncio.Task[None]] = []

    async def background() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("cancelled")

    async def leaving(scope: Message, receive: Receive, send: Send) -> None:
        kept.append(asyncio.ensure_future(background()))
        await asyncio.sleep(0)
        await Response("ok")(scope, receive, send)

    with wire(leaving) as client:
        client.send("GET", "/")
        assert ended == []
    assert ended == ["cancelled"]
