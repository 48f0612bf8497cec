from __future__ import annotations

from typing import Any

import pytest

from osia_conformance.wire.client import open_client
from osia_conformance.wire.errors import Unsendable
from osia_conformance.wire.headers import header_fields
from osia_conformance.wire.settings import HttpSettings
from tests.unit.wire.raw_server import OK, Server, answers, says


def sent(*, wire_settings: dict[str, Any] | None = None, **call: Any) -> bytes:
    with Server(answers(OK)) as server, server.wire(**(wire_settings or {})) as wire:
        wire.send(call.pop("method", "GET"), call.pop("path", "/"), **call)
        return server.requests[0]


@pytest.mark.parametrize(
    "path",
    [
        "/v1/a%2Fb",
        "/v1/%00",
        "/v1/..%2f%2E%2e",
        "/v1/./x/../y//z",
        "/v1/%7e~%c3%28",
        "/v1/x?a=%20&b=+",
        "/<\"|>'",
    ],
)
def test_the_path_goes_out_as_it_stands(path: str) -> None:
    assert sent(path=path).split()[1] == path.encode()


def test_the_prefix_of_the_base_url_is_kept_and_the_query_encoded() -> None:
    with Server(answers(OK)) as server:
        settings = {"base_url": f"http://127.0.0.1:{server.port}/id%2Fentity/", "query": {"key": "k&y"}}
        with server.wire(**settings) as wire:
            query = [("a", "1 +/ü"), ("a", "\r\n")]
            target = "/id%2Fentity/v1/x?a=1%20%2B%2F%C3%BC&a=%0D%0A&key=k%26y"
            assert wire.url("/v1/x", query) == f"http://127.0.0.1:{server.port}{target}"
            wire.send("GET", "/v1/x", query=query)
            assert server.requests[0].split()[1] == target.encode()


def test_a_query_that_the_path_holds_is_continued() -> None:
    with open_client(HttpSettings("https://target.test:443")) as wire:
        assert wire.url("/v1?raw=%zz", [("a", "b")]) == "https://target.test/v1?raw=%zz&a=b"


def test_a_plain_call_has_these_headers_and_no_others() -> None:
    with Server(answers(OK)) as server, server.wire() as wire:
        wire.send("GET", "/")
        lines = server.requests[0].decode().split("\r\n")
    assert lines[0] == "GET / HTTP/1.1"
    assert lines[1] == f"Host: 127.0.0.1:{server.port}"
    assert lines[2].startswith("User-Agent: osia-conformance/")
    assert lines[3:] == ["Accept-Encoding: gzip, deflate", "", ""]


def test_headers_of_the_call_replace_configured_and_default_ones() -> None:
    configured = {"X-Tenant": "a", "Authorization": "configured", "user-agent": "mine"}
    headers = [("authorization", "call"), ("X-Two", "1"), ("X-Two", "2"), ("Accept-Encoding", "identity")]
    lines = sent(wire_settings={"headers": configured}, headers=headers).decode().split("\r\n")[2:]
    expected = ["X-Tenant: a", "user-agent: mine", "authorization: call", "X-Two: 1", "X-Two: 2"]
    assert lines == [*expected, "Accept-Encoding: identity", "", ""]


@pytest.mark.parametrize(("method", "body", "length"), [("POST", b"\x00{}", 3), ("PUT", None, 0), ("PATCH", b"", 0)])
def test_the_length_of_the_body_is_sent(method: str, body: bytes | None, length: int) -> None:
    request = sent(method=method, body=body)
    assert f"\r\nContent-Length: {length}\r\n".encode() in request
    assert request.endswith(b"\r\n\r\n" + (body or b""))


@pytest.mark.parametrize(
    "call",
    [
        {"headers": [("X", "a\r\nY: b")]},
        {"headers": [("X\n", "a")]},
        {"headers": [("X", "a\0")]},
        {"headers": [("X", "€")]},
        {"headers": [("X Y", "a")]},
        {"headers": [("Content-Length", "7")], "body": b"{}"},
        {"path": "/a b"},
        {"path": "/ü"},
        {"path": "/a\r\nHost: b"},
        {"path": "v1"},
        {"method": "GET /"},
    ],
)
def test_what_http_cannot_carry_is_refused_before_it_is_sent(call: dict[str, Any]) -> None:
    arguments = {"method": "POST", "path": "/", **call}
    with Server(answers(OK)) as server, server.wire() as wire, pytest.raises(Unsendable) as caught:
        wire.send(arguments.pop("method"), arguments.pop("path"), **arguments)
    assert caught.value.sent is False
    assert server.requests in ([], [b""])


def test_the_answer_is_given_as_it_came() -> None:
    reply = b"HTTP/1.1 201 Created\r\nX-One: \xe9\r\nx-two: 2\r\nX-ONE: 3\r\nContent-Length: 3\r\n\r\n\x00\xff!"
    with Server(answers(reply)) as server, server.wire() as wire:
        answer = wire.send("GET", "/")
    assert header_fields(answer) == (("X-One", "é"), ("x-two", "2"), ("X-ONE", "3"), ("Content-Length", "3"))
    assert (answer.status_code, answer.content, answer.extensions["truncated"]) == (201, b"\x00\xff!", False)
    assert (answer.http_version, answer.extensions["extra_bytes"]) == ("HTTP/1.1", 0)
    assert answer.extensions["elapsed"] > 0


def test_interim_answers_are_passed_over() -> None:
    with (
        Server(answers(b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + OK)) as server,
        server.wire() as wire,
    ):
        assert wire.send("GET", "/").status_code == 200


def test_an_answer_of_http_1_0_ends_with_the_connection() -> None:
    with Server(says(b"HTTP/1.0 200 OK\r\n\r\n", b"one, ", b"two")) as server, server.wire() as wire:
        answer = wire.send("GET", "/")
    assert (answer.http_version, answer.content) == ("HTTP/1.0", b"one, two")


def test_the_answer_to_head_has_a_length_and_no_body() -> None:
    with (
        Server(answers(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n", OK)) as server,
        server.wire() as wire,
    ):
        assert wire.send("HEAD", "/").content == b""
        assert wire.send("POST", "/").content == b"OK"


def test_redirects_are_answers_and_cookies_are_not_kept() -> None:
    head = b"HTTP/1.1 302 Found\r\nLocation: /login\r\nSet-Cookie: a=b\r\nContent-Length: 0\r\n\r\n"
    with Server(answers(head, OK)) as server, server.wire() as wire:
        assert wire.send("GET", "/").status_code == 302
        wire.send("GET", "/2")
    assert [request.split()[1] for request in server.requests[:2]] == [b"/", b"/2"]
    assert b"cookie" not in server.requests[1].lower()
