"""The body of a message without its content coding, never more of it than a limit (RFC 9110, 8.4.1)."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from typing import Protocol

from osia_conformance.wire.streaming import Download

ACCEPTED_CODINGS = "gzip, deflate"
"""What `Accept-Encoding` offers by default (RFC 9110, 12.5.3)."""

GZIP = zlib.MAX_WBITS | 16
ZLIB = zlib.MAX_WBITS
RAW_DEFLATE = -zlib.MAX_WBITS


class Undecodable(ValueError):
    """The body is not what its Content-Encoding says; the message is one sentence."""


class _Decoder(Protocol):
    def feed(self, data: bytes, most: int) -> Iterator[bytes]: ...
    def finish(self) -> None: ...


class _Identity:
    def feed(self, data: bytes, most: int) -> Iterator[bytes]:
        yield data[:most]

    def finish(self) -> None:
        return


class _Inflater:
    """Decodes gzip (RFC 1952, members may follow each other) or deflate (RFC 1950; many send RFC 1951)."""

    def __init__(self, coding: str) -> None:
        self._coding = coding
        self._start = b""
        self._engine = zlib.decompressobj(GZIP) if coding == "gzip" else None

    def feed(self, data: bytes, most: int) -> Iterator[bytes]:
        """Yield at most `most` decoded bytes of `data`; raise Undecodable."""
        if self._engine is None:
            self._start += data
            if len(self._start) < 2:  # noqa: PLR2004 - the two bytes of a zlib header
                return
            data, self._engine = self._start, zlib.decompressobj(_deflate_window(self._start))
        while data and most > 0:
            try:
                piece = self._engine.decompress(data, most)
            except zlib.error as error:
                raise Undecodable(f"the answer's body is not valid {self._coding}") from error
            most -= len(piece)
            yield piece
            data = self._engine.unconsumed_tail or self._next_member()

    def _next_member(self) -> bytes:
        assert self._engine is not None
        rest = self._engine.unused_data
        if self._coding != "gzip" or not rest.startswith(b"\x1f\x8b"):
            return b""
        self._engine = zlib.decompressobj(GZIP)
        return rest

    def finish(self) -> None:
        """Raise Undecodable if the coded body ended early."""
        if not (self._engine and self._engine.eof):
            raise Undecodable(f"the answer's {self._coding} body ends too early")


def _deflate_window(start: bytes) -> int:
    wrapped = start[0] & 0x0F == zlib.DEFLATED and int.from_bytes(start[:2], "big") % 31 == 0
    return ZLIB if wrapped else RAW_DEFLATE


def _decoder(coding: str) -> _Decoder:
    name = coding.strip().lower().removeprefix("x-")
    if name in ("", "identity"):
        return _Identity()
    if name in ("gzip", "deflate"):
        return _Inflater(name)
    raise Undecodable(f"the answer's content coding {coding!r} was not asked for")


def feed_sink(pieces: Iterable[bytes | memoryview], coding: str, sink: Download) -> bytes:
    """Give the body of a message to `sink`, and return b"": nothing of it is kept.

    Such a body is asked for as it is; any content coding raises Undecodable.
    """
    sink.begin()
    if coding.strip().lower() not in ("", "identity"):
        raise Undecodable(f"the answer's content coding {coding!r} was not asked for")
    for piece in pieces:
        sink.feed(piece)
    return b""


def decode_body(pieces: Iterable[bytes], coding: str, largest: int) -> tuple[bytes, bool]:
    """Return the decoded body of a message and whether it was cut.

    `pieces` is the body as on the wire, `coding` the value of Content-Encoding ("" if none), `largest` the
    bytes that are read at most, and given back at most. Raises Undecodable, and what `pieces` raises.
    """
    body = bytearray()
    raw = 0
    decoder: _Decoder | None = None
    for piece in pieces:
        if not piece:
            continue
        decoder = decoder or _decoder(coding)
        room = largest - raw
        raw += len(piece)
        for part in decoder.feed(piece[:room], largest - len(body) + 1):
            body += part
        if raw > largest or len(body) > largest:
            return bytes(body[:largest]), True
    if decoder is not None:
        decoder.finish()
    return bytes(body), False
