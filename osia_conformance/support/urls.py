"""Absolute URLs of settings: whether they are any, and the host as it is asked for by name (RFC 3986, RFC 5890)."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urlsplit

_PLAIN = re.compile(
    r"[a-z]+://(?P<host>[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*)(:[0-9]+)?(/[!-~]*)?"
)


def without_query_values(url: str) -> str:
    """Return `url` with each value of its query replaced by "[redacted]"; names stay, and what has none is a value."""
    place, mark, query = url.partition("?")
    pairs = [pair.partition("=") for pair in query.split("&") if pair]
    return place + mark + "&".join(f"{name}=[redacted]" if equals else "[redacted]" for name, equals, _ in pairs)


def host_of(url: str) -> str:
    """Return the host of an absolute URL in ASCII and lower case, an IPv6 address without its brackets.

    Raises ValueError for what is no URL.
    """
    plain = _PLAIN.fullmatch(url.lower())
    if plain:
        _ = urlsplit(url).port
        host = plain["host"]
        return str(ipaddress.IPv4Address(host)) if host.replace(".", "").isdigit() else host
    import httpx  # noqa: PLC0415 - slow, and seldom needed: names in other scripts, addresses in brackets

    try:
        return httpx.URL(url).raw_host.decode("ascii")
    except httpx.InvalidURL as error:
        raise ValueError(str(error)) from None
