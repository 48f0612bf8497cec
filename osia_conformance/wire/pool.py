"""The connections to one server: dialled, kept while idle, replaced where that cannot hide a fault."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from dataclasses import replace

from osia_conformance.wire.http1 import Call, Connection, WireAnswer
from osia_conformance.wire.network import (
    CONNECTING,
    Cut,
    Deadline,
    Endpoint,
    NoAnswer,
    Proxy,
    connect,
    plain_words,
    start_tls,
)
from osia_conformance.wire.status_codes import SUCCESSES

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class Pool:
    """The way to one server: dials, keeps idle connections, repeats a call where that cannot hide a fault.

    A call is repeated once, on a new connection, if the first was refused, closed or reset before any byte of
    an answer came, and either nothing of the request had been sent, or the method is safe and the connection
    had been idle: a server may close an idle connection at any time (RFC 9112, 9.3.1 and 9.5).
    """

    def __init__(self, target: Endpoint, context: ssl.SSLContext | None, proxy: Proxy | None) -> None:
        self.retries = 0
        self._target = target
        self._context = context
        self._proxy = proxy
        self._idle: list[Connection] = []
        self._closed = False
        self._lock = threading.Lock()

    def close(self) -> None:
        """Close the idle connections; one that is in use is closed after its call."""
        with self._lock:
            self._closed, idle, self._idle = True, self._idle, []
        for connection in idle:
            connection.close()

    def exchange(self, call: Call) -> WireAnswer:
        """Send `call` and return its answer; raise NoAnswer."""
        if self._proxy and not self._context:
            self._address_proxy(call, self._proxy)
        connection = self._take()
        try:
            return self._attempt(connection, call)
        except Cut as cut:
            stale = connection is not None and call.method in SAFE_METHODS
            if cut.sent and not stale:
                cut.reused = connection is not None
                raise
        with self._lock:
            self.retries += 1
        try:
            return replace(self._attempt(None, call), retries=1)
        except NoAnswer as error:
            error.retries = 1
            raise

    def _attempt(self, connection: Connection | None, call: Call) -> WireAnswer:
        connection = connection or self._dial(call.deadline)
        try:
            return connection.exchange(call)
        finally:
            self._give(connection)

    def _take(self) -> Connection | None:
        while True:
            with self._lock:
                connection = self._idle.pop() if self._idle else None
            if connection is None or connection.usable():
                return connection
            connection.close()

    def _give(self, connection: Connection) -> None:
        connection.idle_since = time.monotonic()
        with self._lock:
            keep = connection.kept and not self._closed
            if keep:
                self._idle.append(connection)
        if not keep:
            connection.close()

    def _dial(self, whole: Deadline) -> Connection:
        deadline = whole.part(CONNECTING)
        first = self._proxy.endpoint if self._proxy else self._target
        at_proxy = f" (at the proxy {first})" if self._proxy else ""
        try:
            channel = connect(first, deadline)
            at_proxy = ""
            if self._context:
                if self._proxy:
                    _tunnel(channel, self._target, self._proxy, deadline)
                channel = start_tls(channel, self._context, self._target.host, deadline)
        except TimeoutError:
            raise NoAnswer(f"no connection within {deadline.seconds:g} s{at_proxy}", sent=False) from None
        except ConnectionError as error:
            raise Cut(plain_words(error) + at_proxy, sent=False) from None
        except OSError as error:
            raise NoAnswer(plain_words(error) + at_proxy, sent=False) from None
        return Connection(channel)

    def _address_proxy(self, call: Call, proxy: Proxy) -> None:
        call.target = f"http://{self._target.authority(80)}".encode("ascii") + call.target
        if proxy.authorization:
            call.headers.append((b"Proxy-Authorization", proxy.authorization.encode("ascii")))


def _tunnel(channel: socket.socket, target: Endpoint, proxy: Proxy, deadline: Deadline) -> None:
    """Ask the proxy for a tunnel to `target` (RFC 9110, 9.3.6), or close `channel` and raise NoAnswer."""
    headers = [(b"Host", str(target).encode("ascii"))]
    if proxy.authorization:
        headers.append((b"Proxy-Authorization", proxy.authorization.encode("ascii")))
    call = Call("CONNECT", str(target).encode("ascii"), headers, b"", deadline, largest=0)
    try:
        answer = Connection(channel).exchange(call)
    except NoAnswer as error:
        channel.close()
        raise NoAnswer(f"the proxy {proxy.endpoint} opened no tunnel: {error.reason}", sent=False) from None
    if answer.status not in SUCCESSES or answer.extra_bytes:
        channel.close()
        raise NoAnswer(f"the proxy {proxy.endpoint} refused a tunnel with status {answer.status}", sent=False)
