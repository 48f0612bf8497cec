"""Paging of searches, from 1.1.0 on."""

from __future__ import annotations

from typing import Any

import pytest

from tests.harness.interface_versions import since

ALL = "/v1/enrollments"
MARKED = [{"attributeName": "marker", "operator": "=", "value": "m"}]
PAGED = pytest.mark.parametrize("version", since("1.1.0"))


def fill(api: Any, count: int) -> list[str]:
    """Create marked enrollments with others between them, and return the ids of the marked ones."""
    basis = {"status": "IN_PROGRESS", "enrollmentType": "t", "biometricData": []}
    names = [f"{(7 * number) % count:03}" for number in range(count)]
    for name in names:
        api.create(name, basis | {"biographicData": {"marker": "m"}})
        api.create(f"other-{name}", basis)
    return names


def found(api: Any, **params: Any) -> list[str]:
    response = api("POST", ALL, json=MARKED, params=params)
    assert response.status_code == 200
    return [record["enrollmentId"] for record in response.json()]


@PAGED
@pytest.mark.parametrize("size", [1, 3, 5, 10, 11, 10**15])
def test_pages_neither_overlap_nor_lose(any_api: Any, size: int) -> None:
    names = fill(any_api, 10)
    seen: list[str] = []
    while page := found(any_api, limit=size, offset=len(seen)):
        assert len(page) <= size
        seen += page
    assert seen == names


@PAGED
def test_a_page_without_a_limit_holds_a_hundred_from_the_beginning(any_api: Any) -> None:
    names = fill(any_api, 102)
    assert found(any_api) == names[:100]
    assert found(any_api, offset=99) == names[99:]
    assert found(any_api, limit=101) == names[:101]


@PAGED
def test_beyond_the_last_match_there_is_nothing(any_api: Any) -> None:
    fill(any_api, 2)
    assert found(any_api, offset=2) == []
    assert found(any_api, offset=10**17) == []


@PAGED
@pytest.mark.parametrize(
    "params",
    [
        {"limit": "0"},
        {"limit": "-1"},
        {"limit": ""},
        {"limit": "ten"},
        {"limit": "1.5"},
        {"limit": "1e2"},
        {"limit": "9" * 5000},
        {"limit": "\u0661"},
        {"offset": "-1"},
        {"offset": ""},
        {"offset": "x"},
        {"offset": "0x1"},
        {"limit": "5", "offset": "-3"},
    ],
    ids=lambda params: str(params)[:40],
)
def test_a_bad_limit_or_offset_is_a_bad_request(any_api: Any, params: Any) -> None:
    response = any_api("POST", ALL, json=MARKED, params=params)
    assert response.status_code == 400
    assert set(response.json()) == {"code", "message"}


@pytest.mark.parametrize("version", ["1.0.0"])
def test_the_oldest_version_has_no_pages(any_api: Any) -> None:
    names = fill(any_api, 102)
    assert found(any_api) == names
    assert found(any_api, limit="0", offset="x") == names


@PAGED
def test_other_operations_have_no_pages(any_api: Any) -> None:
    fill(any_api, 1)
    assert any_api("GET", f"{ALL}/000", params={"limit": "x", "offset": "-1"}).status_code == 200
