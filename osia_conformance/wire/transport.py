"""How one call goes over the wire: as asked, bounded in time and size, with its failures in plain words."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self
from urllib.parse import quote, urlencode, urlsplit

from osia_conformance import __version__
from osia_conformance.support.urls import host_of
from osia_conformance.wire.http1 import Call, Carrier, WireAnswer
from osia_conformance.wire.limits import ACCEPTED_CODINGS, LARGEST_ANSWER
from osia_conformance.wire.network import Deadline, Endpoint, NoAnswer, Unsendable, find_proxy, tls_context
from osia_conformance.wire.pool import Pool
from osia_conformance.wire.streaming import Body, Download, allowance

__all__ = ["NoAnswer", "Unsendable", "Wire", "WireAnswer", "WireSettings", "open_client"]

Pairs = Sequence[tuple[str, str]]
DEFAULT_PORTS = {"http": 80, "https": 443}
VISIBLE = re.compile("[!-~]+")
LINE_BREAK = re.compile("[\r\n\0]")
LONGEST_TIMEOUT = 24 * 60 * 60
METHODS_WITH_CONTENT = frozenset({"POST", "PUT", "PATCH"})


@dataclass(frozen=True, slots=True)
class WireSettings:
    """The target as `[target]` of the configuration describes it, secrets resolved.

    `timeout` is the seconds one call may take in all; `largest_answer` the bytes of a body that are kept,
    before and after decompression; `proxy` is "none", "env" or a URL; `headers` and `query` go with every
    call.
    """

    base_url: str
    timeout: float = 10.0
    ca_file: str | None = None
    client_cert: str | None = None
    client_key: str | None = None
    client_key_password: str | None = field(default=None, repr=False)
    proxy: str = field(default="none", repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    query: Mapping[str, str] = field(default_factory=dict, repr=False)
    largest_answer: int = LARGEST_ANSWER


class Wire:
    """The way to one target; usable from several threads. A context manager; made by `open_client`.

    Follows no redirects, keeps no cookies, adds no credentials.
    """

    def __init__(self, settings: WireSettings, base: _Base, carrier: Carrier) -> None:
        self._settings = settings
        self._base = base
        self._carrier = carrier

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close every connection."""
        self._carrier.close()

    @property
    def retries(self) -> int:
        """How many calls were repeated on a new connection, because the first was gone before it was used."""
        return self._carrier.retries

    def url(self, path: str, query: Pairs = ()) -> str:
        """Return the absolute URL of a call as `send` sends it; never fails, even for what is unsendable."""
        return self._base.origin + self._target(path, query)

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
    ) -> WireAnswer:
        """Send one request and return its answer; raise NoAnswer for every failure on the way.

        `path` begins with "/", is percent-encoded and goes out as it stands (it may hold a query already);
        `query` is encoded here, the configured one follows it. `headers` go out in their order and replace
        configured and default ones of the same name. What HTTP cannot carry raises Unsendable before anything
        is sent. A body that is an Upload is sent piece by piece; a 2xx answer's goes to the `sink`, if there is
        one, and each gives the call more time. `within` is seconds that the call may take where that is less.
        """
        call = Call(
            method=method,
            target=_sendable(self._target(path, query)),
            headers=self._headers(method, headers, body),
            body=body or b"",
            deadline=Deadline(min(within, self._settings.timeout + allowance(body, sink))),
            largest=self._settings.largest_answer,
            sink=sink,
        )
        return self._carrier.exchange(call)

    def _target(self, path: str, query: Pairs) -> str:
        target = self._base.prefix + path or "/"
        pairs = [*query, *self._settings.query.items()]
        if not pairs:
            return target
        encoded = urlencode(pairs, quote_via=quote, safe="", errors="surrogatepass")
        return target + ("&" if "?" in target else "?") + encoded

    def _headers(self, method: str, own: Pairs, body: Body | None) -> list[tuple[bytes, bytes]]:
        names = {name.lower() for name, _ in own}
        defaults = {
            "Host": self._base.authority,
            "User-Agent": f"osia-conformance/{__version__}",
            "Accept-Encoding": ACCEPTED_CODINGS,
        }
        if "transfer-encoding" not in names and (body or method in METHODS_WITH_CONTENT):
            defaults["Content-Length"] = str(len(body or b""))
        configured = {name.lower() for name in self._settings.headers}
        pairs = [pair for pair in defaults.items() if pair[0].lower() not in names | configured]
        pairs += [pair for pair in self._settings.headers.items() if pair[0].lower() not in names]
        return [_field(name, value) for name, value in [*pairs, *own]]


def _sendable(target: str) -> bytes:
    if not target.startswith("/"):
        raise Unsendable(f"the path {target[:80]!r} does not begin with /")
    if not VISIBLE.fullmatch(target):
        raise Unsendable("the path holds a character that must be percent-encoded (RFC 3986, 2.1)")
    return target.encode("ascii")


def _field(name: str, value: str) -> tuple[bytes, bytes]:
    if LINE_BREAK.search(name) or LINE_BREAK.search(value):
        raise Unsendable(f"the header {name[:80]!r} holds a line break or NUL")
    try:
        return name.encode("ascii"), value.encode("latin-1")
    except UnicodeEncodeError:
        raise Unsendable(f"the header {name[:80]!r} holds a character outside ISO 8859-1") from None


@dataclass(frozen=True, slots=True)
class _Base:
    """The base URL, taken apart; `prefix` is the path without its last slash."""

    scheme: str
    endpoint: Endpoint
    authority: str
    prefix: str

    @property
    def origin(self) -> str:
        return f"{self.scheme}://{self.authority}"


def _parse_base(url: str) -> _Base:
    try:
        parts = urlsplit(url)
        host = host_of(url)
        port = parts.port or DEFAULT_PORTS.get(parts.scheme, 0)
    except ValueError:
        raise ValueError("url: not a URL; write https://host[:port][/prefix]") from None
    if not port or not host:
        raise ValueError("url: not an http or https URL; write https://host[:port][/prefix]")
    if "@" in parts.netloc:
        raise ValueError("url: must not hold a user name or password; use [target.headers] with a secret reference")
    if "?" in url or "#" in url:
        raise ValueError("url: must end with the path; use [target.query] for a query on every call")
    if not url.isascii() or any(letter <= " " for letter in parts.path):
        raise ValueError("url: the path must be percent-encoded")
    endpoint = Endpoint(host, port)
    authority = endpoint.authority(DEFAULT_PORTS[parts.scheme])
    return _Base(parts.scheme, endpoint, authority, parts.path.rstrip("/"))


def open_client(settings: WireSettings, carrier: Carrier | None = None) -> Wire:
    """Return the Wire to the target of `settings`; with a `carrier`, calls go through that, not a socket.

    Nothing is connected yet. A setting that cannot work raises ValueError with a sentence that names it.
    """
    if not 0 < settings.timeout <= LONGEST_TIMEOUT:
        raise ValueError(f"timeout: must be seconds, more than 0 and at most {LONGEST_TIMEOUT}, not {settings.timeout}")
    base = _parse_base(settings.base_url)
    try:
        for name, value in settings.headers.items():
            _field(name, value)
    except Unsendable as error:
        raise ValueError(f"headers: {error.reason}") from None
    if carrier is not None:
        return Wire(settings, base, carrier)
    context = None
    if base.scheme == "https":
        context = tls_context(settings.ca_file, settings.client_cert, settings.client_key, settings.client_key_password)
    proxy = find_proxy(settings.proxy, base.scheme, base.endpoint)
    return Wire(settings, base, Pool(base.endpoint, context, proxy))
