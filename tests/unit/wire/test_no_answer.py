from __future__ import annotations

import socket
import threading

import pytest

from osia_conformance.wire.client import open_client
from osia_conformance.wire.errors import NoAnswer
from osia_conformance.wire.limits import Deadline
from osia_conformance.wire.network import Endpoint, connect
from osia_conformance.wire.settings import HttpSettings
from tests.unit.wire.raw_server import CLOSED, OK, SHORT, Peer, Server, answers, closed_port, failure, says


def test_a_refused_connection_is_tried_twice_and_reported() -> None:
    with open_client(HttpSettings(f"http://127.0.0.1:{closed_port()}")) as wire:
        with pytest.raises(NoAnswer) as caught:
            wire.send("GET", "/")
        assert (caught.value.reason, caught.value.sent, caught.value.retries) == ("connection refused", False, 1)


def test_silence_ends_at_the_timeout() -> None:
    error = failure(lambda peer: peer.wait_for_the_end(), timeout=SHORT)
    assert (error.reason, error.sent) == ("no answer within 1 s", True)


def test_a_server_that_hangs_up_is_reported() -> None:
    error = failure(says())
    assert (error.reason, error.sent) == (CLOSED, True)


def until_the_test_is_over(peer: Peer) -> None:
    peer.server.over.wait()


def test_a_request_that_nobody_reads_ends_at_the_timeout() -> None:
    with (
        Server(until_the_test_is_over) as server,
        server.wire(timeout=SHORT) as wire,
        pytest.raises(NoAnswer, match="no answer within 1 s"),
    ):
        wire.send("POST", "/", body=bytes(50_000_000))


def test_a_name_that_cannot_be_resolved_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with open_client(HttpSettings("http://target.test")) as wire, pytest.raises(NoAnswer) as caught:
        wire.send("GET", "/")
    assert caught.value.reason == "the host name could not be resolved (Name or service not known)"


def test_a_resolver_that_hangs_ends_at_the_timeout(monkeypatch: pytest.MonkeyPatch) -> None:
    over = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: over.wait() and [])
    with (
        open_client(HttpSettings("http://target.test", timeout=SHORT)) as wire,
        pytest.raises(NoAnswer) as caught,
    ):
        wire.send("GET", "/")
    over.set()
    assert (caught.value.reason, caught.value.sent) == ("no connection within 1 s", False)


def test_the_next_address_of_a_host_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    with Server(answers(OK)) as server:
        ports = [closed_port(), server.port]
        found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port)) for port in ports]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
        with server.wire(base_url="http://target.test") as wire:
            assert wire.send("GET", "/").status_code == 200


def test_connections_do_not_wait_to_fill_packets() -> None:
    with Server(answers(OK)) as server, connect(Endpoint("127.0.0.1", server.port), Deadline(10)) as channel:
        assert channel.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
