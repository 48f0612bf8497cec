from __future__ import annotations

import socket
import threading
from contextlib import ExitStack, suppress

import pytest
import trustme

from osia_conformance.wire.client import open_client
from osia_conformance.wire.errors import NoAnswer
from osia_conformance.wire.network import Endpoint
from osia_conformance.wire.proxy import Proxy, find_proxy
from osia_conformance.wire.settings import HttpSettings
from tests.unit.wire.raw_server import (
    CLOSED,
    OK,
    Peer,
    Script,
    Server,
    answers,
    closed_port,
    says,
    server_tls,
)


@pytest.fixture
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy", "request_method"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    return monkeypatch


def test_proxies_of_the_environment_are_ignored_by_default(clean_environment: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        clean_environment.setenv(name, f"http://127.0.0.1:{closed_port()}")
    with Server(answers(OK)) as server, server.wire() as wire:
        wire.send("GET", "/")
    assert server.requests[0].startswith(b"GET / HTTP/1.1")


@pytest.mark.parametrize("name", ["http_proxy", "ALL_PROXY"])
def test_the_proxy_of_the_environment_is_used_on_request(clean_environment: pytest.MonkeyPatch, name: str) -> None:
    with Server(answers(OK)) as proxy:
        clean_environment.setenv(name, f"127.0.0.1:{proxy.port}")
        with open_client(HttpSettings("http://target.test/id", proxy="env")) as wire:
            wire.send("GET", "/v1/a%2Fb", query=[("a", "b")])
    assert proxy.requests[0].startswith(b"GET http://target.test/id/v1/a%2Fb?a=b HTTP/1.1\r\nHost: target.test\r\n")


@pytest.mark.parametrize(
    "no_proxy", ["*", "127.0.0.1", "x.test, 127.0.0.1", "127.0.0.1:{port}", "127.0.0.0/8", "::1,127.0.0.1/32"]
)
def test_no_proxy_leads_past_the_proxy(clean_environment: pytest.MonkeyPatch, no_proxy: str) -> None:
    with Server(answers(OK)) as server:
        clean_environment.setenv("http_proxy", f"http://127.0.0.1:{closed_port()}")
        clean_environment.setenv("no_proxy", no_proxy.format(port=server.port))
        with server.wire(proxy="env") as wire:
            assert wire.send("GET", "/").status_code == 200


@pytest.mark.parametrize("no_proxy", ["arget.test", "sub.target.test", "target.test:81", ""])
def test_no_proxy_matches_whole_names_only(clean_environment: pytest.MonkeyPatch, no_proxy: str) -> None:
    with Server(answers(OK)) as proxy:
        clean_environment.setenv("http_proxy", f"http://127.0.0.1:{proxy.port}")
        clean_environment.setenv("no_proxy", no_proxy)
        with open_client(HttpSettings("http://target.test", proxy="env")) as wire:
            assert wire.send("GET", "/").status_code == 200


@pytest.mark.parametrize(
    ("no_proxy", "host", "bypassed"),
    [
        ("10.0.0.0/8", "10.1.2.3", True),
        ("10.0.0.0/8", "11.1.2.3", False),
        ("10.1.2.3/8", "10.9.9.9", True),
        ("10.0.0.0/8", "10.test", False),
        ("fd00::/8", "fd12::1", True),
        ("[fd12::1]", "fd12::1", True),
        ("fd00::/8", "10.0.0.1", False),
        ("10.0.0.0/99", "10.0.0.1", False),
        (".target.test", "target.test", True),
        ("target.test.", "sub.target.test", True),
        ("*.target.test", "sub.target.test", True),
        ("TARGET.test", "Target.TEST", True),
    ],
)
def test_no_proxy_lists_names_and_networks(
    clean_environment: pytest.MonkeyPatch, no_proxy: str, host: str, bypassed: bool
) -> None:
    clean_environment.setenv("https_proxy", "http://proxy.test")
    clean_environment.setenv("no_proxy", no_proxy)
    found = find_proxy("env", "https", Endpoint(host, 443))
    assert found == (None if bypassed else Proxy(Endpoint("proxy.test", 80)))


def test_the_proxy_gets_its_credentials_and_the_target_does_not_see_them() -> None:
    with Server(answers(OK)) as proxy:
        setting = f"http://us%40er:pass@127.0.0.1:{proxy.port}"
        with open_client(HttpSettings("http://target.test", proxy=setting)) as wire:
            wire.send("GET", "/")
    assert b"\r\nProxy-Authorization: Basic dXNAZXI6cGFzcw==\r\n" in proxy.requests[0]


def forward(source: socket.socket, drain: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            drain.sendall(data)
        drain.shutdown(socket.SHUT_WR)


def tunnel_to(port: int) -> Script:
    def script(peer: Peer) -> None:
        peer.request()
        with socket.create_connection(("127.0.0.1", port)) as onward:
            peer.send(b"HTTP/1.1 200 Connection established\r\n\r\n")
            back = threading.Thread(target=forward, args=(onward, peer.channel))
            back.start()
            forward(peer.channel, onward)
            back.join()

    return script


def test_https_goes_through_a_tunnel(authority: trustme.CA, ca_file: str) -> None:
    with ExitStack() as stack:
        context = server_tls(authority.issue_cert("target.test"))
        server = stack.enter_context(Server(answers(OK, OK), tls=context))
        proxy = stack.enter_context(Server(tunnel_to(server.port)))
        settings = HttpSettings("https://target.test", ca_file=ca_file, proxy=f"http://u:p@127.0.0.1:{proxy.port}")
        wire = stack.enter_context(open_client(settings))
        assert [wire.send("GET", "/v1").content for _ in range(2)] == [b"OK", b"OK"]
    assert proxy.requests[0].startswith(b"CONNECT target.test:443 HTTP/1.1\r\nHost: target.test:443\r\n")
    assert b"Proxy-Authorization: Basic dTpw\r\n" in proxy.requests[0]
    assert server.requests[0].startswith(b"GET /v1 HTTP/1.1\r\nHost: target.test\r\n")
    assert b"proxy" not in server.requests[0].lower()


def test_a_fault_of_the_target_is_not_put_down_to_the_proxy(authority: trustme.CA) -> None:
    context = server_tls(authority.issue_cert("target.test"))
    with Server(answers(OK), tls=context) as server, Server(tunnel_to(server.port)) as proxy:
        settings = HttpSettings("https://target.test", proxy=f"http://127.0.0.1:{proxy.port}")
        with open_client(settings) as wire, pytest.raises(NoAnswer, match="not signed") as caught:
            wire.send("GET", "/")
    assert "proxy" not in caught.value.reason


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (b"HTTP/1.1 407 Who are you\r\nContent-Length: 2\r\n\r\nno", "refused a tunnel with status 407"),
        (b"", f"opened no tunnel: {CLOSED}"),
        (b"nonsense", "opened no tunnel: not HTTP: the answer does not begin with a status line"),
    ],
)
def test_a_proxy_that_opens_no_tunnel_is_named(reply: bytes, reason: str) -> None:
    with Server(says(reply)) as proxy:
        settings = HttpSettings("https://target.test", proxy=f"http://127.0.0.1:{proxy.port}")
        with open_client(settings) as wire, pytest.raises(NoAnswer) as caught:
            wire.send("GET", "/")
    assert (caught.value.reason, caught.value.sent) == (f"the proxy 127.0.0.1:{proxy.port} {reason}", False)


def test_a_refusing_proxy_is_named() -> None:
    port = closed_port()
    settings = HttpSettings("http://target.test", proxy=f"http://127.0.0.1:{port}")
    with open_client(settings) as wire, pytest.raises(NoAnswer) as caught:
        wire.send("GET", "/")
    assert caught.value.reason == f"connection refused (at the proxy 127.0.0.1:{port})"
