"""HTTP/1.1 as an httpx transport that smooths nothing over (RFC 9112).

It sends a request as it is, and shows what client libraries hide: bytes behind a response, whether anything was sent,
whether a request was repeated. One deadline holds for the whole of an exchange. It follows no redirect, keeps no
cookie, adds no header, and decodes no body.

Extensions of a request that it reads, all of them optional:
- `deadline` (float): the seconds that the exchange may take in all, from the connection to the body's last byte
- `target` (bytes): what stands in the request line, where that is not the URL's path and query byte by byte
- `origin` (httpx.URL): scheme, host and port, where the request's own URL need not be parsed for them
- `sink`: there is one where a body of any length goes to; long ones then take a shorter way

Extensions of a response:
- `http_version` (bytes): as in the status line
- `retries` (int): how often the request was repeated on a new connection, because the first was gone
- `extra_bytes` (int): how many bytes had already come behind the body, once that was read to its end
"""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Iterator
from typing import Any

import httpx

from osia_conformance.wire.connection import Connection
from osia_conformance.wire.errors import Unsendable
from osia_conformance.wire.exchange import Exchange
from osia_conformance.wire.limits import Deadline
from osia_conformance.wire.network import Endpoint
from osia_conformance.wire.pool import Pool, ResponseStart, Route
from osia_conformance.wire.proxy import find_proxy
from osia_conformance.wire.settings import DEFAULT_PORTS
from osia_conformance.wire.status_codes import SUCCESSES
from osia_conformance.wire.tls import tls_context

_Origin = tuple[bytes, bytes, int | None]


class StrictTransport(httpx.BaseTransport):
    """Carries requests to servers; usable from several threads. Raises NoAnswer, an httpx.TransportError.

    `tls` is for https (None: the system's authorities), `proxy` is "none", "env" or a URL, `timeout` the seconds that
    an exchange may take whose request says nothing of it.
    """

    def __init__(self, *, tls: ssl.SSLContext | None = None, proxy: str = "none", timeout: float = 10.0) -> None:
        self._tls = tls
        self._proxy = proxy
        self._timeout = timeout
        self._pools: dict[_Origin, Pool] = {}
        self._lock = threading.Lock()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request and return its response, whose body is still to be read; raise NoAnswer."""
        asked = request.extensions
        pool = self._pool(asked.get("origin") or request.url)
        exchange = Exchange(
            method=request.method,
            target=asked.get("target") or request.url.raw_path,
            headers=request.headers.raw,
            body=_body_of(request),
            deadline=Deadline(asked.get("deadline") or self._timeout),
        )
        start = pool.send(exchange)
        exchange.is_streamed = "sink" in asked and start.head.status_code in SUCCESSES
        return _response(start, exchange, pool.release)

    def close(self) -> None:
        """Close the idle connections; one that is in use is closed after its exchange."""
        with self._lock:
            pools = list(self._pools.values())
        for pool in pools:
            pool.close()

    def _pool(self, url: httpx.URL) -> Pool:
        origin = url.raw_scheme, url.raw_host, url.port
        pool = self._pools.get(origin)
        if pool is None:
            route = self._route(url)
            with self._lock:
                pool = self._pools.setdefault(origin, Pool(route))
        return pool

    def _route(self, url: httpx.URL) -> Route:
        if url.scheme not in DEFAULT_PORTS or not url.raw_host:
            raise Unsendable(f"{url.scheme or 'no scheme'}: only http and https URLs can be sent to")
        server = Endpoint(url.raw_host.decode("ascii"), url.port or DEFAULT_PORTS[url.scheme])
        try:
            proxy = find_proxy(self._proxy, url.scheme, server)
        except ValueError as error:
            raise Unsendable(str(error)) from None
        if url.scheme == "https" and self._tls is None:
            self._tls = tls_context(None, None, None, None)
        return Route(server, self._tls if url.scheme == "https" else None, proxy)


class _Body(httpx.SyncByteStream):
    """The body of a response, as it came. Its connection is released when it is closed."""

    def __init__(self, connection: Connection, exchange: Exchange, release: Callable[[Connection], None]) -> None:
        self.extensions: dict[str, Any] = {}
        self._connection = connection
        self._exchange = exchange
        self._begun = False
        self._release: Callable[[Connection], None] | None = release

    def __iter__(self) -> Iterator[bytes]:
        if self._begun:
            raise httpx.StreamConsumed
        self._begun = True
        yield from self._connection.read_body(self._exchange)
        self.extensions["extra_bytes"] = self._connection.end_exchange()

    def close(self) -> None:
        release, self._release = self._release, None
        if release is not None:
            release(self._connection)


def _body_of(request: httpx.Request) -> bytes | httpx.SyncByteStream:
    """Return a request's body: bytes that are sent with the head, or a stream that is sent piece by piece."""
    if isinstance(request.stream, httpx.ByteStream):
        return request.read()
    assert isinstance(request.stream, httpx.SyncByteStream)
    return request.stream


def _response(start: ResponseStart, exchange: Exchange, release: Callable[[Connection], None]) -> httpx.Response:
    head, body = start.head, _Body(start.connection, exchange, release)
    response = httpx.Response(
        head.status_code,
        headers=head.fields,
        stream=body,
        extensions={
            "http_version": b"HTTP/" + head.version,
            "reason_phrase": head.reason,
            "retries": start.retries,
            "extra_bytes": 0,
        },
    )
    body.extensions = response.extensions
    return response
