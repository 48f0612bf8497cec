"""Two JSON values that Python takes for equal, or an encoder for the same, are told apart."""

from __future__ import annotations

from typing import Any

import pytest

from osia_conformance.evidence.difference import first_difference


@pytest.mark.parametrize(
    ("stated", "derived", "told"),
    [
        ({"a": 1}, {"a": True}, "a is 1, and the journal gives true"),
        ({"a": [1.0]}, {"a": [1]}, "a[0] is 1.0, and the journal gives 1"),
        ({"a": float("nan")}, {"a": None}, "a is NaN, and the journal gives null"),
        ({"a": None}, {}, "a is null, and the journal gives not there"),
        ([{"id": "x", "b": "\ud800"}], [{"id": "x", "b": "\ud801"}], "[x].b is "),
    ],
)
def test_the_first_difference_is_named(stated: Any, derived: Any, told: str) -> None:
    found = first_difference(stated, derived)
    assert found is not None
    assert found.startswith(told)


def test_equal_values_have_none_whatever_the_order_of_their_members() -> None:
    assert first_difference({"a": 1, "b": "\ud800"}, {"a": 1, "b": "\ud800"}) is None
    assert first_difference({"a": 1, "b": 2.5}, {"b": 2.5, "a": 1}) is None
