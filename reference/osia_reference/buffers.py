"""Buffers in HTTP: the media types that a version takes, and digests (RFC 3230)."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import AsyncIterator, Iterable, Sequence

from starlette.requests import Request

from osia_reference.calls import media_type
from osia_reference.replies import Refusal

OCTETS = "application/octet-stream"
SUBTYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]*")
ALGORITHMS = {"sha": "sha1", "sha-256": "sha256", "sha-512": "sha512", "md5": "md5"}
"""Digest algorithms (RFC 3230, 4.1.1; RFC 5843, 2) by their lower-case names, and what hashlib calls them."""

Digests = list[tuple[str, bytes]]


def buffer_type(request: Request, taken: Sequence[str]) -> str:
    """Return the content type to keep with a buffer: octets if none was sent (RFC 9110, 8.3).

    `taken` lists types ("application/octet-stream") and ranges ("image/*"). A type that a range covers is
    kept as it was sent, with its parameters. Refused with 415 is what `taken` does not cover.
    """
    kind = media_type(request)
    if not kind:
        return OCTETS
    if kind in taken and "*" not in kind:
        return kind
    main, _, subtype = kind.partition("/")
    if f"{main}/*" in taken and SUBTYPE.fullmatch(subtype):
        return request.headers["content-type"].strip()
    raise Refusal(415, f"A buffer is sent as {' or '.join(taken)}.")


def parsed_digests(lines: Iterable[str]) -> Digests:
    """Return the known algorithms of Digest headers, by hashlib's names, with the hashes stated for them.

    Unknown algorithms are left out. Refused with 400 is a hash that is not base64.
    """
    digests: Digests = []
    for item in ",".join(lines).split(","):
        name, _, value = item.strip().partition("=")
        algorithm = ALGORITHMS.get(name.strip().lower())
        if algorithm is None:
            continue
        try:
            digests.append((algorithm, base64.b64decode(value.strip(), validate=True)))
        except ValueError as error:
            raise Refusal(400, f"The {name} in the Digest header is not base64; see RFC 3230.") from error
    return digests


async def verified(data: AsyncIterator[bytes], digests: Digests) -> AsyncIterator[bytes]:
    """Yield `data`, and refuse with 400 at its end if one of the digests is another one's."""
    hashes = [(hashlib.new(algorithm, usedforsecurity=False), stated) for algorithm, stated in digests]
    async for piece in data:
        for computed, _ in hashes:
            computed.update(piece)
        yield piece
    for computed, stated in hashes:
        if computed.digest() != stated:
            raise Refusal(400, "The body's digest is not the one in the Digest header; send it again.")


def sha256_digest(data: Iterable[bytes]) -> str:
    """Return the value of a Digest header for `data` (RFC 5843, 2.1)."""
    computed = hashlib.sha256()
    for piece in data:
        computed.update(piece)
    return f"SHA-256={base64.b64encode(computed.digest()).decode('ascii')}"
