"""Requests as httpx knows them, with the bytes that are asked for and no others."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import httpx

from osia_conformance.wire.errors import Unsendable
from osia_conformance.wire.streaming import Body, Upload

_VISIBLE = re.compile("[!-~]+")
_UNRESERVED = re.compile("[A-Za-z0-9_.~-]*")
_LINE_BREAK = re.compile("[\r\n\0]")


class LazyUrlRequest(httpx.Request):
    """A request whose `url` is parsed when it is first asked for: that takes longer than all the rest of it.

    `address` is the absolute URL as it is sent; the extensions `origin` and `target` hold its two parts, so that
    StrictTransport need not parse it.
    """

    def __init__(
        self, method: str, address: str, headers: list[tuple[bytes, bytes]], body: Body, extensions: dict[str, Any]
    ) -> None:
        stream = _UploadStream(body) if isinstance(body, Upload) else httpx.ByteStream(body)
        super().__init__(method, extensions["origin"], headers=headers, stream=stream, extensions=extensions)
        self._address = address
        self._parsed: httpx.URL | None = None

    @property
    def url(self) -> httpx.URL:
        """The absolute URL; httpx encodes what it must, the extension `target` holds the bytes that are sent."""
        if self._parsed is None:
            self._parsed = httpx.URL(self._address)
        return self._parsed

    @url.setter
    def url(self, value: httpx.URL) -> None:
        self._parsed = value


class _UploadStream(httpx.SyncByteStream):
    def __init__(self, upload: Upload) -> None:
        self._upload = upload

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._upload)


def encode_query_part(text: str) -> str:
    """Return a name or a value of a query with all but unreserved characters percent-encoded (RFC 3986, 2.3).

    httpx would write a space as "+", and has no bytes for half a surrogate pair, which are a case of ours.
    """
    return text if _UNRESERVED.fullmatch(text) else quote(text, safe="", errors="surrogatepass")


def encode_target(target: str) -> bytes:
    """Return a request target as it is sent (RFC 9112, 3.2.1); raise Unsendable."""
    if not target.startswith("/"):
        raise Unsendable(f"the path {target!r} does not begin with /")
    if not _VISIBLE.fullmatch(target):
        raise Unsendable("the path holds a character that must be percent-encoded (RFC 3986, 2.1)")
    return target.encode("ascii")


def encode_header(name: str, value: str) -> tuple[bytes, bytes]:
    """Return a header field as it is sent (RFC 9110, 5.5); raise Unsendable."""
    if _LINE_BREAK.search(name + value):
        raise Unsendable(f"the header {name!r} holds a line break or NUL")
    try:
        return name.encode("ascii"), value.encode("latin-1")
    except UnicodeEncodeError:
        raise Unsendable(f"the header {name!r} holds a character outside ISO 8859-1") from None
