"""The HTTP client for one server: requests go out as they are asked for, responses come back within bounds.

`httpx.Client` would follow redirects, keep cookies, encode paths anew and decode bodies of any size; here an httpx
transport is called directly.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from types import TracebackType
from typing import Self

import httpx

from osia_conformance import __version__
from osia_conformance.wire.decoding import ACCEPTED_CODINGS
from osia_conformance.wire.errors import NoAnswer, Unsendable, translate_error
from osia_conformance.wire.limits import Deadline
from osia_conformance.wire.network import Endpoint
from osia_conformance.wire.proxy import find_proxy
from osia_conformance.wire.reading import read_response
from osia_conformance.wire.requests import LazyUrlRequest, encode_header, encode_query_part, encode_target
from osia_conformance.wire.settings import DEFAULT_PORTS, BaseUrl, HttpSettings, check_timeout, parse_base_url
from osia_conformance.wire.streaming import Body, Download, allowance
from osia_conformance.wire.tls import tls_context
from osia_conformance.wire.transport import StrictTransport

Pairs = Sequence[tuple[str, str]]
METHODS_WITH_CONTENT = frozenset({"POST", "PUT", "PATCH"})
FRAMING = frozenset({"content-length", "transfer-encoding"})
"""Headers of a request that say where its body ends (RFC 9112, 6); who sends one says it himself."""


class HttpClient:
    """The client for one server; usable from several threads. A context manager; made by `open_client`.

    Follows no redirects, keeps no cookies, adds no credentials. Closing it closes its transport.
    """

    def __init__(self, settings: HttpSettings, base: BaseUrl, transport: httpx.BaseTransport) -> None:
        self._settings = settings
        self._base = base
        self._transport = transport
        configured = [(name.lower(), encode_header(name, value)) for name, value in settings.headers.items()]
        defaults = {
            "host": (b"Host", base.authority.encode("ascii")),
            "user-agent": (b"User-Agent", f"osia-conformance/{__version__}".encode("ascii")),
            "accept-encoding": (b"Accept-Encoding", ACCEPTED_CODINGS.encode("ascii")),
        }
        names = {name for name, _ in configured}
        self._defaults = [(name, field) for name, field in defaults.items() if name not in names]
        self._configured = configured
        self._framed = not names.isdisjoint(FRAMING)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close every connection."""
        self._transport.close()

    def url(self, path: str, query: Pairs = ()) -> str:
        """Return the absolute URL of a request as `send` sends it; never fails, even for what is unsendable."""
        return f"{self._base}{self._target(path, query)}"

    def send(
        self,
        method: str,
        path: str,
        *,
        query: Pairs = (),
        headers: Pairs = (),
        body: Body | None = None,
        sink: Download | None = None,
        within: float = math.inf,
    ) -> httpx.Response:
        """Send one request and return its response, read by `read_response`; raise NoAnswer for any failure on the way.

        `path` begins with "/", is percent-encoded and goes out as it stands (it may hold a query already);
        `query` is encoded here, the configured one follows it. `headers` go out in their order and replace
        configured and default ones of the same name. What HTTP cannot carry raises Unsendable before anything
        is sent. A body that is an Upload is sent piece by piece; that of a 2xx response goes to the `sink`, if there is
        one, and each gives the exchange more time. `within` is seconds that it may take where that is less.
        """
        deadline = Deadline(min(within, self._settings.timeout + allowance(body, sink)))
        retries = 0
        try:
            request = self._request(method, self._target(path, query), headers, body, sink, deadline.seconds)
            response = self._transport.handle_request(request)
            retries = response.extensions.get("retries", 0)
            return read_response(response, deadline, self._settings.largest_answer, sink)
        except NoAnswer as error:
            error.retries = error.retries or retries
            error.clean(self._settings.without_secrets)
            raise
        except (httpx.TransportError, httpx.InvalidURL) as error:
            translated = translate_error(error, deadline.seconds)
            translated.clean(self._settings.without_secrets)
            raise translated from error

    def _request(
        self, method: str, target: str, headers: Pairs, body: Body | None, sink: Download | None, seconds: float
    ) -> httpx.Request:
        extensions = {
            "origin": self._base.origin,
            "target": encode_target(target),
            "deadline": seconds,
            "timeout": {"connect": seconds, "read": seconds, "write": seconds, "pool": seconds},
        }
        if sink is not None:
            extensions["sink"] = sink
        fields = self._headers(method, headers, body)
        return LazyUrlRequest(method, f"{self._base}{target}", fields, body or b"", extensions)

    def _target(self, path: str, query: Pairs) -> str:
        target = self._base.prefix + path or "/"
        pairs = [*query, *self._settings.query.items()]
        if not pairs:
            return target
        encoded = "&".join(f"{encode_query_part(name)}={encode_query_part(value)}" for name, value in pairs)
        return target + ("&" if "?" in target else "?") + encoded

    def _headers(self, method: str, own: Pairs, body: Body | None) -> list[tuple[bytes, bytes]]:
        names = {name.lower() for name, _ in own}
        fields = [field for name, field in self._defaults if name not in names]
        if (body or method in METHODS_WITH_CONTENT) and not self._framed and names.isdisjoint(FRAMING):
            fields.append((b"Content-Length", b"%d" % len(body or b"")))
        fields += [field for name, field in self._configured if name not in names]
        return fields + [encode_header(name, value) for name, value in own]


def open_client(settings: HttpSettings, transport: httpx.BaseTransport | None = None) -> HttpClient:
    """Return the client for the server of `settings`; with a `transport`, requests go through that, not a socket.

    Nothing is connected yet. A setting that cannot work raises ValueError with a sentence that names it.
    """
    check_timeout(settings.timeout)
    base = parse_base_url(settings.base_url)
    try:
        for name, value in settings.headers.items():
            encode_header(name, value)
    except Unsendable as error:
        raise ValueError(f"headers: {error.reason}") from None
    return HttpClient(settings, base, transport or _strict_transport(settings, base.origin))


def _strict_transport(settings: HttpSettings, origin: httpx.URL) -> StrictTransport:
    context = None
    if origin.scheme == "https":
        context = tls_context(settings.ca_file, settings.client_cert, settings.client_key, settings.client_key_password)
    # Asked here once, so that a proxy that cannot be used is told before anything is sent.
    server = Endpoint(origin.raw_host.decode("ascii"), origin.port or DEFAULT_PORTS[origin.scheme])
    find_proxy(settings.proxy, origin.scheme, server)
    return StrictTransport(tls=context, proxy=settings.proxy, timeout=settings.timeout)
