from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import httpx
import pytest

from osia_conformance.transport import NoAnswer, Wire, WireSettings, open_client


@pytest.fixture
def through() -> Iterator[Callable[[Callable[[httpx.Request], httpx.Response]], Wire]]:
    with ExitStack() as stack:
        yield lambda handler: stack.enter_context(
            open_client(
                WireSettings("http://target.test/id", timeout=5, largest_answer=100),
                httpx.MockTransport(handler),
            )
        )


Through = Callable[[Callable[[httpx.Request], httpx.Response]], Wire]


def test_an_injected_transport_gets_the_call_as_sent(through: Through) -> None:
    seen: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(201, headers=[("X-One", "1")], content=b"{}")

    answer = through(handler).send("POST", "/v1/../a%2Fb", headers=[("X", "y")], body=b"[]")
    assert (answer.status, answer.body, answer.headers[0]) == (201, b"{}", ("X-One", "1"))
    assert seen[0].extensions["target"] == b"/id/v1/../a%2Fb"
    assert seen[0].content == b"[]"
    assert seen[0].headers.get_list("content-length") == ["2"]
    assert (seen[0].headers["host"], seen[0].headers["x"]) == ("target.test", "y")


def test_answers_of_an_injected_transport_are_bounded_and_decoded(through: Through) -> None:
    coded = gzip.compress(bytes(100_000))
    wire = through(lambda _: httpx.Response(200, headers={"Content-Encoding": "gzip"}, stream=httpx.ByteStream(coded)))
    answer = wire.send("GET", "/")
    assert (answer.body, answer.truncated) == (bytes(100), True)


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (httpx.ReadTimeout("x"), "no answer within 5 s"),
        (httpx.ReadError("x"), "the server closed the connection"),
        (httpx.ConnectError("out of order"), r"the connection failed \(out of order\)"),
    ],
)
def test_failures_of_an_injected_transport_are_sentences(through: Through, error: Exception, reason: str) -> None:
    def handler(_: httpx.Request) -> httpx.Response:
        raise error

    with pytest.raises(NoAnswer, match=f"^{reason}$"):
        through(handler).send("GET", "/")


def test_a_target_that_httpx_cannot_parse_still_goes_out(through: Through) -> None:
    long = "/" + "a" * 70_000
    wire = through(lambda request: httpx.Response(200, text=str(len(request.extensions["target"]))))
    assert wire.send("GET", long).body == b"70004"
