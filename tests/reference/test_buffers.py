"""Buffers: bytes in, the same bytes out, for their enrollment only."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from typing import Any

import pytest

ONE = "/v1/enrollments/one"
OCTETS = {"Content-Type": "application/octet-stream"}


@pytest.fixture
def ready(api: Any, body: Any) -> Any:
    api.create("one", body)
    api.create("two", body)
    return api


def sent(api: Any, content: Any) -> str:
    response = api("POST", f"{ONE}/buffer", content=content, headers=OCTETS)
    assert response.status_code == 201
    buffer_id = response.json()["bufferId"]
    assert isinstance(buffer_id, str)
    return buffer_id


@pytest.mark.parametrize("size", [0, 1, 256 * 1024, 1024 * 1024 + 1])
def test_a_buffer_comes_back_as_it_was_sent(ready: Any, size: int) -> None:
    content = random.Random(7).randbytes(size)
    response = ready("GET", f"{ONE}/buffer/{sent(ready, content)}")
    assert response.status_code == 200
    assert response.content == content
    assert response.headers["content-type"] == "application/octet-stream"
    assert response.headers["content-length"] == str(size)


def test_a_buffer_may_arrive_in_small_pieces(ready: Any) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for number in range(3000):
            yield number.to_bytes(2, "big") * 100

    expected = b"".join(number.to_bytes(2, "big") * 100 for number in range(3000))
    assert ready("GET", f"{ONE}/buffer/{sent(ready, pieces())}").content == expected


def test_a_buffer_belongs_to_its_enrollment(ready: Any) -> None:
    buffer_id = sent(ready, b"x")
    assert ready("GET", f"/v1/enrollments/two/buffer/{buffer_id}").status_code == 404
    assert ready("GET", f"/v1/enrollments/none/buffer/{buffer_id}").status_code == 404
    assert ready("GET", f"{ONE}/buffer/none").status_code == 404


def test_two_buffers_have_two_ids(ready: Any) -> None:
    first, second = sent(ready, b"first"), sent(ready, b"second")
    assert ready("GET", f"{ONE}/buffer/{first}").content == b"first"
    assert ready("GET", f"{ONE}/buffer/{second}").content == b"second"


def test_delete_removes_the_buffers(ready: Any, body: Any) -> None:
    buffer_id = sent(ready, b"x")
    ready("DELETE", ONE)
    ready.create("one", body)
    assert ready("GET", f"{ONE}/buffer/{buffer_id}").status_code == 404


def test_only_octets_are_taken(ready: Any) -> None:
    response = ready("POST", f"{ONE}/buffer", content=b"{}", headers={"Content-Type": "application/json"})
    assert response.status_code == 415


def test_a_buffer_over_the_limit_leaves_nothing(make: Any, body: Any) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b"x" * 50_000

    api = make(largest_buffer=600_000)
    api.create("one", body)
    assert api("POST", f"{ONE}/buffer", content=pieces(), headers=OCTETS).status_code == 413
    assert api("POST", f"{ONE}/buffer", content=b"x" * 600_001, headers=OCTETS).status_code == 413
    assert stored_pieces(api) == 0


def test_a_buffer_whose_enrollment_is_deleted_meanwhile_leaves_nothing(ready: Any) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        yield b"x" * 300_000
        ready.app.enrollments.delete("one")
        yield b"x" * 300_000

    assert ready("POST", f"{ONE}/buffer", content=pieces(), headers=OCTETS).status_code == 404
    assert stored_pieces(ready) == 0


def stored_pieces(api: Any) -> int:
    count: int = api.app.enrollments.store._database.execute("SELECT count(*) FROM piece").fetchone()[0]
    return count
