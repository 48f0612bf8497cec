"""Digest headers: the hash of a representation by named algorithms (RFC 3230, 4.3; RFC 5843, 2)."""

from __future__ import annotations

import base64
import binascii
import hashlib

from osia_conformance.target.response import Response

DIGEST_ALGORITHMS = {"SHA": "sha1", "SHA-256": "sha256", "SHA-512": "sha512", "MD5": "md5"}
"""The algorithms that hash, with hashlib's names for them. Their names are compared without regard to case."""


def digest_header(algorithm: str, data: bytes) -> str:
    """Return the header's value for `data`, the algorithm's name as it is written."""
    return f"{algorithm}={base64.b64encode(_hashed(algorithm, data)).decode('ascii')}"


def stated_digests(response: Response) -> dict[str, bytes | None]:
    """Return the hashes that an answer's Digest headers state, by algorithm (see DIGEST_ALGORITHMS); None for one that
    is no base64."""
    found: dict[str, bytes | None] = {}
    lines = [value for name, value in response.headers if name.lower() == "digest"]
    for item in ",".join(lines).split(","):
        name, _, value = item.strip().partition("=")
        if name.strip().upper() in DIGEST_ALGORITHMS:
            found[name.strip().upper()] = _decoded(value.strip())
    return found


def differing_digests(response: Response, data: bytes) -> list[str]:
    """Return the algorithms by which an answer states another hash than that of `data`, or of the body as it came.

    A body in a content coding may be hashed in either form (RUL-REPRESENTATION).
    """
    return [
        name
        for name, value in stated_digests(response).items()
        if value not in (_hashed(name, data), _hashed(name, response.body))
    ]


def _hashed(algorithm: str, data: bytes) -> bytes:
    return hashlib.new(DIGEST_ALGORITHMS[algorithm.upper()], data, usedforsecurity=False).digest()


def _decoded(text: str) -> bytes | None:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
