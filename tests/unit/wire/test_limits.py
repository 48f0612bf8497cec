from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from osia_conformance.wire.limits import RateLimiter, Undecodable, collect


class Clock:
    """A clock that only waiting moves."""

    def __init__(self) -> None:
        self.now = 100.0
        self.waits: list[float] = []

    def __call__(self) -> float:
        return self.now

    def wait(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds


def pace(rate: float, workers: int, clock: Clock) -> RateLimiter:
    return RateLimiter(rate, workers, clock=clock, wait=clock.wait)


def test_the_first_call_leaves_at_once() -> None:
    clock = Clock()
    assert pace(2, 1, clock).wait() == 0
    assert clock.waits == []


def test_calls_are_spaced_by_the_rate() -> None:
    clock = Clock()
    limiter = pace(4, 1, clock)
    assert [limiter.wait() for _ in range(4)] == [0, 0.25, 0.25, 0.25]


def test_workers_share_the_rate() -> None:
    clock = Clock()
    limiter = pace(4, 8, clock)
    limiter.wait()
    assert limiter.wait() == 2.0


def test_time_that_passed_is_not_waited_again_and_not_saved_up() -> None:
    clock = Clock()
    limiter = pace(1, 1, clock)
    limiter.wait()
    clock.now += 10
    assert [limiter.wait(), limiter.wait()] == [0, 1]


def test_callers_that_arrive_together_get_slots_one_after_the_other() -> None:
    clock = Clock()
    limiter = RateLimiter(2, clock=clock, wait=clock.waits.append)
    for _ in range(4):
        limiter.wait()
    assert clock.waits == [0.5, 1.0, 1.5]


def test_rate_zero_never_waits() -> None:
    clock = Clock()
    limiter = pace(0, 3, clock)
    assert [limiter.wait() for _ in range(100)] == [0] * 100
    assert clock.waits == []


@pytest.mark.parametrize("rate", [-1, float("inf"), float("nan")])
def test_an_impossible_rate_is_refused(rate: float) -> None:
    with pytest.raises(ValueError, match="rate must be 0"):
        RateLimiter(rate)


def test_no_workers_are_refused() -> None:
    with pytest.raises(ValueError, match="workers must be at least 1"):
        RateLimiter(1, 0)


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
    assert collect(cut(ENCODERS[coding](data), size), coding, 3000) == (data, False)


@given(parts=st.lists(st.binary(max_size=50), min_size=1, max_size=5), size=st.integers(1, 60))
def test_gzip_members_follow_each_other(parts: list[bytes], size: int) -> None:
    coded = b"".join(gzip.compress(part) for part in parts)
    assert collect(cut(coded, size), "gzip", 1000) == (b"".join(parts), False)


@given(data=st.binary(max_size=200), coding=st.sampled_from(["gzip", "deflate"]))
def test_no_bytes_escape_as_another_error(data: bytes, coding: str) -> None:
    try:
        length = len(collect([data], coding, 1000)[0])
    except Undecodable:
        length = 0
    assert length <= 1000


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
def test_a_bomb_is_cut_at_the_limit(coding: str) -> None:
    bomb = ENCODERS[coding](bytes(50_000_000))
    body, truncated = collect(cut(bomb, 65536), coding, 10_000)
    assert (len(body), truncated) == (10_000, True)


def test_the_limit_holds_before_decompression_too() -> None:
    padding = gzip.compress(b"") * 100
    assert collect(cut(padding, 64), "gzip", 500) == (b"", True)


def test_endless_pieces_end_at_the_limit() -> None:
    def endless() -> Iterator[bytes]:
        while True:
            yield b"x" * 100

    body, truncated = collect(endless(), "", 1050)
    assert (body, truncated) == (b"x" * 1050, True)


def test_a_body_of_exactly_the_limit_is_whole() -> None:
    assert collect([b"x" * 10], "", 10) == (b"x" * 10, False)
    assert collect([gzip.compress(b"x" * 100)], "gzip", 100) == (b"x" * 100, False)


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br"])
def test_no_body_needs_no_decoding(coding: str) -> None:
    assert collect([], coding, 10) == (b"", False)


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
def test_a_coded_body_that_ends_early_is_an_error(coding: str) -> None:
    with pytest.raises(Undecodable, match=f"{coding} body ends too early"):
        collect([ENCODERS[coding](b"x" * 100)[:-3]], coding, 1000)


@pytest.mark.parametrize("coding", ["br", "zstd", "gzip, gzip", "aws-chunked"])
def test_a_coding_that_was_not_asked_for_is_an_error(coding: str) -> None:
    with pytest.raises(Undecodable, match="was not asked for"):
        collect([b"x"], coding, 10)
