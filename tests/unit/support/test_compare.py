"""Is what was sent what came back? By meaning (RUL-ECHO)."""

from __future__ import annotations

import base64
import copy
import math
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from osia_conformance.support.compare import differences, same
from tests.harness.json_values import FINITE, json_values, scalars

SCALARS = scalars(st.text())
JSON = json_values(most=4, leaves=100)
OBJECTS = st.dictionaries(st.text(), JSON, max_size=4)


@given(JSON)
def test_everything_answers_itself(value: Any) -> None:
    assert differences(value, copy.deepcopy(value)) == []


@given(OBJECTS, st.text(), JSON)
def test_members_may_be_added_and_not_be_lost(sent: dict[str, Any], name: str, value: Any) -> None:
    assume(name not in sent)
    more = {**sent, name: value}
    assert differences(sent, more) == []
    assert bool(differences(more, sent)) == (value not in ({}, []))


@given(st.lists(JSON, max_size=4), JSON)
def test_lists_must_have_the_same_length(sent: list[Any], value: Any) -> None:
    assert differences(sent, [*sent, value])
    assert differences([*sent, value], sent)


@given(st.lists(st.integers(), min_size=2, unique=True))
def test_the_order_of_a_list_matters(sent: list[int]) -> None:
    assert differences(sent, sent[::-1])


@given(SCALARS, SCALARS)
def test_scalars_are_the_same_in_both_directions(one: Any, other: Any) -> None:
    assert same(one, other) == same(other, one)


@given(st.integers())
def test_a_number_may_be_written_as_any_number(number: int) -> None:
    assume(math.isfinite(number) and abs(number) < 2**53)
    assert same(number, float(number))


@given(st.integers(0, 1))
def test_a_boolean_is_no_number(number: int) -> None:
    assert not same(bool(number), number)
    assert not same(number, bool(number))


@given(SCALARS)
def test_null_is_only_null(value: Any) -> None:
    assert same(None, value) == (value is None)


@given(FINITE)
def test_a_number_is_no_text(number: float) -> None:
    assert not same(number, str(number))


@given(st.binary())
def test_base64_is_compared_by_its_bytes_where_it_is_base64(data: bytes) -> None:
    plain = base64.b64encode(data).decode("ascii")
    folded = "\n".join(plain[at : at + 8] for at in range(0, len(plain), 8))
    assert differences({"image": plain}, {"image": folded}) == []
    if folded != plain:
        assert differences({"note": plain}, {"note": folded})


@given(st.binary(min_size=1))
def test_other_bytes_are_different(data: bytes) -> None:
    other = bytes([data[0] ^ 1]) + data[1:]
    one, two = ({"image": base64.b64encode(each).decode("ascii")} for each in (data, other))
    assert differences(one, two)


@given(st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1)), st.integers(-14, 14))
def test_a_date_time_is_an_instant(moment: datetime, hours: int) -> None:
    utc = moment.replace(tzinfo=UTC)
    elsewhere = utc.astimezone(timezone(timedelta(hours=hours)))
    assert same(utc.isoformat().replace("+00:00", "Z"), elsewhere.isoformat())
    assert same(utc.isoformat().replace("+00:00", "Z"), elsewhere.isoformat().lower())
    assert same(utc.isoformat().replace("+00:00", "z").lower(), elsewhere.isoformat())
    assert not same(utc.isoformat(), (utc + timedelta(seconds=1)).isoformat())


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2020-01-01", "2020-01-01T00:00:00"),
        ("2020-01-01T00:00:00", "2020-01-01T00:00:00Z"),
        ("2020-01-01T00:00:00Z", "no date"),
        ("Muster", "muster"),
        ("é", "e\u0301"),
        ("a ", "a"),
    ],
)
def test_texts_that_only_resemble_each_other_are_different(one: str, other: str) -> None:
    assert not same(one, other)


@pytest.mark.parametrize(
    ("sent", "got", "told"),
    [
        ({"a": {"b": 1}}, {"a": {}}, "$.a.b is missing"),
        ({"a": {"b": 1}}, {"a": [1]}, "$.a is [1] instead of an object"),
        ({"a": [1, 2]}, {"a": [1]}, "$.a has 1 elements instead of 2"),
        ({"a": [1]}, {"a": {}}, "$.a is {} instead of an array"),
        ({"a": [{"b": 1}]}, {"a": [{"b": 2}]}, "$.a[0].b is 2 instead of 1"),
        ({"a": None}, {}, "$.a is missing"),
        (1, "1", '$ is "1" instead of 1'),
    ],
)
def test_a_difference_says_where_and_what(sent: Any, got: Any, told: str) -> None:
    assert [str(each) for each in differences(sent, got)] == [told]


@pytest.mark.parametrize("empty", [{}, []])
def test_an_empty_group_may_be_absent(empty: Any) -> None:
    assert differences({"documentData": empty}, {}) == []
