"""What Hypothesis draws where a test is about any JSON value."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

FINITE = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
ANY_NUMBER = st.integers() | st.floats()
"""With those that Python reads and RFC 8259 does not have."""


def scalars(texts: st.SearchStrategy[str], numbers: st.SearchStrategy[float] = FINITE) -> st.SearchStrategy[Any]:
    """Return values that hold no others."""
    return st.none() | st.booleans() | numbers | texts


def json_values(
    texts: st.SearchStrategy[str] | None = None,
    numbers: st.SearchStrategy[float] = FINITE,
    *,
    most: int | None = 3,
    leaves: int = 8,
) -> st.SearchStrategy[Any]:
    """Return values with `texts` (any) as strings and names, at most `most` in a list or object, and about `leaves`
    scalars in all."""
    words = st.text() if texts is None else texts
    return st.recursive(
        scalars(words, numbers),
        lambda inner: st.lists(inner, max_size=most) | st.dictionaries(words, inner, max_size=most),
        max_leaves=leaves,
    )
