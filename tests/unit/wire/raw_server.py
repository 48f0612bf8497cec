"""Servers on bare sockets, to misbehave in every way; each test scripts its own."""

from __future__ import annotations

import socket
import ssl
import struct
import threading
from collections.abc import Callable
from contextlib import closing, suppress
from typing import Any, Self

import pytest
import trustme

from osia_conformance.wire.client import HttpClient, open_client
from osia_conformance.wire.errors import NoAnswer
from osia_conformance.wire.settings import HttpSettings
from tests.harness import running

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
SHORT = 1
"""Seconds of a call that is to end at its timeout: enough for what must have come by then, on a busy machine, too."""

CLOSED = "the server closed the connection without an answer"

Script = Callable[["Peer"], None]


class Peer:
    """The server's end of one connection, for the scripts below."""

    def __init__(self, channel: socket.socket, server: Server) -> None:
        self.channel = channel
        self.server = server

    def request(self) -> bytes:
        """Read one request, put it on the server's record and return it; b"" at the end of the connection."""
        data = self._until(b"\r\n\r\n")
        head, _, body = data.partition(b"\r\n\r\n")
        length = next((int(line[15:]) for line in head.split(b"\r\n") if line.startswith(b"Content-Length:")), 0)
        while len(body) < length and (more := self.channel.recv(65536)):
            body += more
        request = head + b"\r\n\r\n" + body if data else b""
        self.server.requests.append(request)
        return request

    def _until(self, end: bytes) -> bytes:
        data = b""
        while end not in data:
            more = self.channel.recv(65536)
            if not more:
                return b""
            data += more
        return data

    def send(self, data: bytes) -> None:
        self.channel.sendall(data)

    def drip(self, data: bytes) -> None:
        """Send `data` over and over, a byte at a time, until the client or the test has gone."""
        while not self.server.over.wait(0.02):
            for byte in data:
                self.channel.sendall(bytes([byte]))
                if self.server.over.wait(0.02):
                    return

    def wait_for_the_end(self) -> None:
        while self.channel.recv(65536):
            pass

    def reset(self) -> None:
        self.channel.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.channel.close()


class Server:
    """Listens on a free loopback port; the nth connection is served by the nth script, then closed."""

    def __init__(self, *scripts: Script, tls: ssl.SSLContext | None = None) -> None:
        self.over = threading.Event()
        self.requests: list[bytes] = []
        self.closed = [threading.Event() for _ in scripts]
        self._scripts = scripts
        self._tls = tls
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> Self:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._start(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        socket.create_connection(("127.0.0.1", self.port)).close()
        for thread in self._threads:
            thread.join()
        self._listener.close()

    def _start(self, work: Callable[..., None], *arguments: Any) -> None:
        thread = threading.Thread(target=work, args=arguments)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        for number, script in enumerate(self._scripts):
            channel, _ = self._listener.accept()
            if self.over.is_set():
                channel.close()
                return
            self._start(self._serve, channel, script, self.closed[number])
        self._listener.accept()[0].close()

    def _serve(self, channel: socket.socket, script: Script, closed: threading.Event) -> None:
        with closing(channel), suppress(OSError):
            if self._tls:
                with self._tls.wrap_socket(channel, server_side=True) as secure:
                    script(Peer(secure, self))
            else:
                script(Peer(channel, self))
        closed.set()

    def wire(self, **settings: Any) -> HttpClient:
        scheme = "https" if self._tls else "http"
        base = settings.pop("base_url", f"{scheme}://127.0.0.1:{{port}}")
        return open_client(HttpSettings(base.format(port=self.port), **{"timeout": 10, **settings}))


def answers(*replies: bytes) -> Script:
    """One connection on which each request gets the next reply, kept open until the client has gone."""

    def script(peer: Peer) -> None:
        for reply in replies:
            if not peer.request():
                return
            peer.send(reply)
        peer.wait_for_the_end()

    return script


def says(*data: bytes) -> Script:
    """Answer the first request with `data` and close."""

    def script(peer: Peer) -> None:
        peer.request()
        for part in data:
            peer.send(part)

    return script


def failure(script: Script, **settings: Any) -> NoAnswer:
    with Server(script) as server, server.wire(**settings) as wire:
        with pytest.raises(NoAnswer) as caught:
            wire.send("GET", "/")
        assert caught.value.retries == 0
        return caught.value


def closed_port() -> int:
    """Return a port on which nobody listens."""
    return int(running.closed_port().rpartition(":")[2])


def server_tls(certificate: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context
