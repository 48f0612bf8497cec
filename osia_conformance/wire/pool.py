"""The connections to one server: opened, kept while idle, replaced where that cannot hide a fault."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from dataclasses import dataclass

from osia_conformance.wire.connection import Connection
from osia_conformance.wire.errors import ConnectionLost, NoAnswer, describe_failure
from osia_conformance.wire.exchange import Exchange
from osia_conformance.wire.limits import CONNECTING, Deadline
from osia_conformance.wire.network import Endpoint, connect
from osia_conformance.wire.plain_messages import ResponseHead
from osia_conformance.wire.proxy import Proxy
from osia_conformance.wire.status_codes import SUCCESSES
from osia_conformance.wire.tls import start_tls

_MOST_CUTS = 3
"""Kept connections that a server closes under a request before none is kept any more."""

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class Route:
    """How a server is reached: its address, TLS (None: plain HTTP), a proxy (None: directly)."""

    server: Endpoint
    tls: ssl.SSLContext | None = None
    proxy: Proxy | None = None


@dataclass(frozen=True, slots=True)
class ResponseStart:
    """A response whose head has come: the connection with its body, and how often the request was repeated."""

    connection: Connection
    head: ResponseHead
    retries: int


class Pool:
    """Opens connections to one server, keeps idle ones, repeats a request where that cannot hide a fault.

    A request is repeated once, on a new connection, if the first was refused, closed or reset before any byte of
    a response came, and either nothing of the request had been sent, or the method is safe and the connection
    had been idle: a server may close an idle connection at any time (RFC 9112, 9.3.1 and 9.5). After a few idle
    connections that were closed under a request, none is kept any more: this server closes them all unannounced.
    """

    def __init__(self, route: Route) -> None:
        self._route = route
        self._idle: list[Connection] = []
        self._closed = False
        self._cuts = 0
        self._lock = threading.Lock()

    def close(self) -> None:
        """Close the idle connections; one that is in use is closed after its exchange."""
        with self._lock:
            self._closed, idle, self._idle = True, self._idle, []
        for connection in idle:
            connection.close()

    def send(self, exchange: Exchange) -> ResponseStart:
        """Send a request and return the start of its response; raise NoAnswer. `release` its connection afterwards."""
        if self._route.proxy and not self._route.tls:
            self._address_proxy(exchange, self._route.proxy)
        connection = self._take()
        try:
            return self._attempt(connection, exchange, 0)
        except ConnectionLost as lost:
            if connection is not None:
                self._record_cut()
            was_idle = connection is not None and exchange.method in SAFE_METHODS
            if lost.sent and not was_idle:
                lost.reused = connection is not None
                raise
        try:
            return self._attempt(None, exchange, 1)
        except NoAnswer as error:
            error.retries = 1
            raise

    def release(self, connection: Connection) -> None:
        """Keep a connection for another request if it is idle, or close it."""
        connection.idle_since = time.monotonic()
        with self._lock:
            keep = connection.is_idle and not self._closed and self._cuts < _MOST_CUTS
            if keep:
                self._idle.append(connection)
        if not keep:
            connection.close()

    def _record_cut(self) -> None:
        """Note that an idle connection was closed under a request; after a few, give up those that are still kept."""
        with self._lock:
            self._cuts += 1
            idle = self._idle if self._cuts >= _MOST_CUTS else []
            self._idle = [] if idle else self._idle
        for connection in idle:
            connection.close()

    def _attempt(self, connection: Connection | None, exchange: Exchange, retries: int) -> ResponseStart:
        connection = connection or self._open(exchange.deadline)
        try:
            return ResponseStart(connection, connection.send(exchange), retries)
        except BaseException:
            connection.close()
            raise

    def _take(self) -> Connection | None:
        while True:
            with self._lock:
                connection = self._idle.pop() if self._idle else None
            if connection is None or connection.can_be_reused():
                return connection
            connection.close()

    def _open(self, whole: Deadline) -> Connection:
        route, deadline = self._route, whole.part(CONNECTING)
        first = route.proxy.endpoint if route.proxy else route.server
        at_proxy = f" (at the proxy {first})" if route.proxy else ""
        try:
            channel = connect(first, deadline)
            at_proxy = ""
            if route.tls:
                if route.proxy:
                    _tunnel(channel, route.server, route.proxy, deadline)
                channel = start_tls(channel, route.tls, route.server.host, deadline)
        except TimeoutError:
            raise NoAnswer(f"no connection within {deadline.seconds:g} s{at_proxy}", sent=False) from None
        except ConnectionError as error:
            raise ConnectionLost(describe_failure(error) + at_proxy, sent=False) from None
        except OSError as error:
            raise NoAnswer(describe_failure(error) + at_proxy, sent=False) from None
        return Connection(channel)

    def _address_proxy(self, exchange: Exchange, proxy: Proxy) -> None:
        exchange.target = f"http://{self._route.server.authority(80)}".encode("ascii") + exchange.target
        if proxy.authorization:
            exchange.headers.append((b"Proxy-Authorization", proxy.authorization.encode("ascii")))


def _tunnel(channel: socket.socket, server: Endpoint, proxy: Proxy, deadline: Deadline) -> None:
    """Ask the proxy for a tunnel to `server` (RFC 9110, 9.3.6), or close `channel` and raise NoAnswer."""
    headers = [(b"Host", str(server).encode("ascii"))]
    if proxy.authorization:
        headers.append((b"Proxy-Authorization", proxy.authorization.encode("ascii")))
    exchange = Exchange("CONNECT", str(server).encode("ascii"), headers, b"", deadline)
    connection = Connection(channel)
    try:
        status = connection.send(exchange).status_code
        refused = status not in SUCCESSES or connection.end_exchange() > 0
    except NoAnswer as error:
        channel.close()
        raise NoAnswer(f"the proxy {proxy.endpoint} opened no tunnel: {error.reason}", sent=False) from None
    if refused:
        channel.close()
        raise NoAnswer(f"the proxy {proxy.endpoint} refused a tunnel with status {status}", sent=False)
