"""Targets on bare sockets that misbehave towards a whole run: every connection gets the same treatment."""

from __future__ import annotations

import itertools
import json
import re
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from typing import Any, Self

import httpx

from osia_conformance.standard.operations import OLDEST
from osia_conformance.wire.headers import header_fields
from osia_reference.app import create_app
from tests.harness.inprocess import AsgiTransport
from tests.harness.judging import reference

HANDSHAKE = b"\x16"
"""How a TLS connection begins (RFC 8446, 5.1); the scripts of TLS targets see what is in it."""

Pairs = tuple[tuple[str, str], ...]
Script = Callable[["Peer"], None]
Change = Callable[["Reply"], bytes]
Treatment = Callable[[], AbstractContextManager[Script]]


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer of the reference server, before it is tampered with."""

    status: int
    headers: Pairs
    body: bytes


class Peer:
    """The server's end of one connection."""

    def __init__(self, channel: socket.socket, server: Target) -> None:
        self.channel = channel
        self.server = server
        self.last = b""

    def request(self) -> bytes:
        """Read one request and return it; b"" at the end of the connection, or where TLS begins, which is no HTTP."""
        data = b""
        while b"\r\n\r\n" not in data:
            more = self.channel.recv(65536)
            if not more or (not data and more.startswith(HANDSHAKE)):
                return b""
            data += more
        head, _, body = data.partition(b"\r\n\r\n")
        length = next((int(line[15:]) for line in head.split(b"\r\n") if line.startswith(b"Content-Length:")), 0)
        while len(body) < length and (more := self.channel.recv(65536)):
            body += more
        self.last = head + b"\r\n\r\n" + body
        return self.last

    def send(self, data: bytes) -> None:
        self.channel.sendall(data)

    def silence(self) -> None:
        """Say nothing until the client, or the test, has gone."""
        while self.channel.recv(65536):
            pass

    def drip(self, data: bytes, pause: float) -> None:
        """Send a byte every `pause` seconds, over and over, until the client or the test has gone."""
        for byte in itertools.cycle(data):
            self.send(bytes([byte]))
            if self.server.over.wait(pause):
                return

    def flood(self, data: bytes) -> None:
        """Send `data` over and over until the client or the test has gone."""
        while not self.server.over.is_set():
            self.send(data)

    def reset(self) -> None:
        self.channel.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.channel.close()


class Target:
    """Listens on a free loopback port and gives every connection to one script, each in a thread of its own."""

    def __init__(self, script: Script, tls: ssl.SSLContext | None = None) -> None:
        self.over = threading.Event()
        self.connections = 0
        self._script = script
        self._tls = tls
        self._open: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> Self:
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port: int = self._listener.getsockname()[1]
        self.url = f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}"
        self._start(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        with suppress(OSError):
            socket.create_connection(("127.0.0.1", self.port)).close()
        for channel in list(self._open):
            with suppress(OSError):
                channel.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        self._listener.close()

    def _start(self, work: Callable[..., None], *arguments: Any) -> None:
        thread = threading.Thread(target=work, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                channel, _ = self._listener.accept()
            except OSError:
                return
            if self.over.is_set():
                channel.close()
                return
            self.connections += 1
            self._threads = [thread for thread in self._threads if thread.is_alive()]
            self._start(self._serve, channel)

    def stop_listening(self) -> None:
        """Refuse every connection from now on."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        # Kept, so that nobody else listens there meanwhile.
        self._listener = socket.socket()
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._listener.bind(("127.0.0.1", self.port))

    def _serve(self, channel: socket.socket) -> None:
        self._open.add(channel)
        with closing(channel), suppress(OSError):
            channel.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self._tls:
                with self._tls.wrap_socket(channel, server_side=True) as secure:
                    self._script(Peer(secure, self))
            else:
                self._script(Peer(channel, self))
        self._open.discard(channel)


class Reference:
    """The reference server behind a bare socket, so that the bytes of its answers can be tampered with."""

    def __init__(self, version: str = OLDEST) -> None:
        self._app = create_app(reference(version))
        self._transport = AsgiTransport(self._app)
        self._lock = threading.Lock()

    def __call__(self, request: bytes) -> Reply:
        head, _, body = request.partition(b"\r\n\r\n")
        line, *fields = head.split(b"\r\n")
        method, target, _ = line.split(b" ", 2)
        pairs = [(name, value) for name, _, value in (field.partition(b": ") for field in fields)]
        with self._lock:
            response = self._transport.handle_request(_request(method.decode(), target, pairs, body))
        return Reply(response.status_code, header_fields(response), response.read())

    def close(self) -> None:
        self._transport.close()
        self._app.close()


def _request(method: str, target: bytes, headers: list[tuple[bytes, bytes]], body: bytes) -> httpx.Request:
    stream = httpx.ByteStream(body)
    return httpx.Request(method, "http://target.test", headers=headers, stream=stream, extensions={"target": target})


def message(status: str, headers: Pairs, body: bytes) -> bytes:
    """Return an answer as bytes; Content-Length is set where `headers` say nothing of a length."""
    named = {name.lower() for name, _ in headers}
    own = () if named & {"content-length", "transfer-encoding"} else (("Content-Length", str(len(body))),)
    lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in (*headers, *own))]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


def plain(answer: Reply) -> bytes:
    """Return an answer of the reference server as it is."""
    if answer.status == 204:
        return b"HTTP/1.1 204 No Content\r\n\r\n"
    return message(f"{answer.status} ", answer.headers, answer.body)


def always(reply: bytes) -> Treatment:
    """Every request gets `reply`."""

    def script(peer: Peer) -> None:
        while peer.request():
            peer.send(reply)

    return lambda: nullcontext(script)


def silent() -> AbstractContextManager[Script]:
    """Nothing is ever said, whatever comes."""
    return nullcontext(Peer.silence)


def treated(treat: Script) -> Treatment:
    """The first request of a connection is read, and then comes `treat`."""

    def script(peer: Peer) -> None:
        if peer.request():
            treat(peer)

    return lambda: nullcontext(script)


def through(
    change: Change, instead: Callable[[], bytes] = bytes, *, buffers: bool = True, version: str = OLDEST
) -> Treatment:
    """The reference server answers, and `change` makes the bytes of each answer; what `instead` says comes first.

    Without `buffers`, what a client had kept in them comes back as it is, whatever it looks like.
    """

    @contextmanager
    def make() -> Iterator[Script]:
        def script(peer: Peer) -> None:
            while request := peer.request():
                spared = not buffers and re.match(rb"GET [^? ]*/buffer/", request)
                peer.send(instead() or (plain if spared else change)(server(request)))

        with closing(Reference(version)) as server:
            yield script

    return make


def later(count: int, treat: Script) -> Treatment:
    """The reference server answers `count` calls as it should; what comes after is for `treat`."""

    @contextmanager
    def make() -> Iterator[Script]:
        numbers = itertools.count()

        def script(peer: Peer) -> None:
            while request := peer.request():
                if next(numbers) >= count:
                    treat(peer)
                    return
                peer.send(plain(server(request)))

        with closing(Reference()) as server:
            yield script

    return make


def changed(rewrite: Callable[[Any], Any]) -> Change:
    """The JSON of every answer goes through `rewrite`; another answer is left as it is."""

    def change(answer: Reply) -> bytes:
        try:
            value = json.loads(answer.body)
        except ValueError:
            return plain(answer)
        return plain(with_body(answer, json.dumps(rewrite(value)).encode()))

    return change


def with_body(answer: Reply, body: bytes) -> Reply:
    """Return the answer with another body."""
    headers = tuple(pair for pair in answer.headers if pair[0].lower() not in ("content-length", "digest"))
    return Reply(answer.status, headers, body)
