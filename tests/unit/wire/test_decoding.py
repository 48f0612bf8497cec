from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from osia_conformance.wire.decoding import Undecodable, decode_body


def raw_deflate(data: bytes) -> bytes:
    engine = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return engine.compress(data) + engine.flush()


ENCODERS: dict[str, Callable[[bytes], bytes]] = {
    "": bytes,
    "identity": bytes,
    "gzip": gzip.compress,
    "X-GZip": gzip.compress,
    "deflate": zlib.compress,
    "Deflate ": raw_deflate,
}


def cut(data: bytes, size: int) -> list[bytes]:
    return [data[start : start + size] for start in range(0, len(data), size)]


@pytest.mark.parametrize("coding", ENCODERS)
@given(data=st.binary(max_size=3000), size=st.integers(1, 700))
def test_a_coded_body_comes_out_as_it_went_in(coding: str, data: bytes, size: int) -> None:
    assert decode_body(cut(ENCODERS[coding](data), size), coding, 3000) == (data, False)


@given(parts=st.lists(st.binary(max_size=50), min_size=1, max_size=5), size=st.integers(1, 60))
def test_gzip_members_follow_each_other(parts: list[bytes], size: int) -> None:
    coded = b"".join(gzip.compress(part) for part in parts)
    assert decode_body(cut(coded, size), "gzip", 1000) == (b"".join(parts), False)


@given(data=st.binary(max_size=200), coding=st.sampled_from(["gzip", "deflate"]))
def test_no_bytes_escape_as_another_error(data: bytes, coding: str) -> None:
    try:
        length = len(decode_body([data], coding, 1000)[0])
    except Undecodable:
        length = 0
    assert length <= 1000


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
def test_a_bomb_is_cut_at_the_limit(coding: str) -> None:
    bomb = ENCODERS[coding](bytes(50_000_000))
    body, truncated = decode_body(cut(bomb, 65536), coding, 10_000)
    assert (len(body), truncated) == (10_000, True)


def test_the_limit_holds_before_decompression_too() -> None:
    padding = gzip.compress(b"") * 100
    assert decode_body(cut(padding, 64), "gzip", 500) == (b"", True)


def test_endless_pieces_end_at_the_limit() -> None:
    def endless() -> Iterator[bytes]:
        while True:
            yield b"x" * 100

    body, truncated = decode_body(endless(), "", 1050)
    assert (body, truncated) == (b"x" * 1050, True)


def test_a_body_of_exactly_the_limit_is_whole() -> None:
    assert decode_body([b"x" * 10], "", 10) == (b"x" * 10, False)
    assert decode_body([gzip.compress(b"x" * 100)], "gzip", 100) == (b"x" * 100, False)


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br"])
def test_no_body_needs_no_decoding(coding: str) -> None:
    assert decode_body([], coding, 10) == (b"", False)


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
def test_a_coded_body_that_ends_early_is_an_error(coding: str) -> None:
    with pytest.raises(Undecodable, match=f"{coding} body ends too early"):
        decode_body([ENCODERS[coding](b"x" * 100)[:-3]], coding, 1000)


@pytest.mark.parametrize("coding", ["br", "zstd", "gzip, gzip", "aws-chunked"])
def test_a_coding_that_was_not_asked_for_is_an_error(coding: str) -> None:
    with pytest.raises(Undecodable, match="was not asked for"):
        decode_body([b"x"], coding, 10)
