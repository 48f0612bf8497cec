"""Header fields of a message as they stood on the wire (RFC 9110, 5)."""

from __future__ import annotations

import httpx

Headers = tuple[tuple[str, str], ...]


def header(headers: Headers, name: str) -> str | None:
    """Return the first value of header `name` (case-insensitive), or None."""
    wanted = name.lower()
    return next((value for key, value in headers if key.lower() == wanted), None)


def header_fields(message: httpx.Request | httpx.Response) -> Headers:
    """Return the header fields of a message in their order, names in their case; a byte is a character (ISO 8859-1)."""
    return tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in message.headers.raw)
