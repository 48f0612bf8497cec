"""What is read from a token without verifying it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from osia_conformance.auth import jwt_text
from tests.unit.auth.issued import jwt


@pytest.mark.parametrize(
    ("text", "scopes"),
    [
        (jwt({"scope": "a  b"}), {"a", "b"}),
        (jwt({"scope": ["a", "b"]}), {"a", "b"}),
        (jwt({"scp": "a"}), {"a"}),
        (jwt({"scope": ""}), set()),
        (jwt({"scope": 5}), None),
        (jwt({"scope": ["a", 5]}), None),
        (jwt({}), None),
    ],
)
def test_the_scopes_of_a_jwt_are_read_from_string_or_list(text: str, scopes: set[str] | None) -> None:
    parsed = jwt_text.parse(text)
    assert parsed is not None
    assert parsed.scopes() == scopes


@given(st.text(alphabet="eyJ.AB-_=0", max_size=30) | st.text(max_size=10))
def test_no_text_breaks_the_reader(text: str) -> None:
    parsed = jwt_text.parse(text)
    assert parsed is None or "alg" in parsed.header


@given(st.text(alphabet="ABab01-_", min_size=4, max_size=40))
def test_an_altered_token_differs_in_one_character(token: str) -> None:
    altered = jwt_text.altered(token)
    assert len(altered) == len(token)
    assert sum(one != other for one, other in zip(token, altered, strict=True)) == 1


def test_a_time_out_of_all_range_is_no_time() -> None:
    parsed = jwt_text.parse(jwt({"exp": 10**400, "nbf": True, "iat": "now"}))
    assert parsed is not None
    assert [parsed.moment(claim) for claim in ("exp", "nbf", "iat", "gone")] == [None] * 4
