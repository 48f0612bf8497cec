"""Secrets are looked for in all of a message at once, and found as in each part of it."""

from __future__ import annotations

from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from osia_conformance.support.secrets import REDACTED, Redactor
from osia_conformance.target.recorder import Recorder
from osia_conformance.verdict.journal import INLINE_LIMIT

SECRETS = ("s3cret-of-ours", "two\nlines of one", 'with "quotes" %')
PIECES = st.sampled_from(
    [
        *SECRETS,
        "a",
        "\n",
        "\\",
        "%",
        "%5",
        "two",
        "\\u00",
        "s3cret-of-",
        "%73%33cret-of-ours",
        "two\\nlines of one",
        "é",
    ]
)
TEXTS = st.lists(PIECES, max_size=4).map("".join)
NOTHING: Any = None


def clean(url: str, headers: list[tuple[str, str]], body: bytes) -> Any:
    return Recorder(NOTHING, Redactor(SECRETS), "main")._clean(url, headers, body)


@given(TEXTS, st.lists(st.tuples(TEXTS, TEXTS), max_size=3), TEXTS)
@example("two", [("a", "b")], "lines of one")
@example("two", [("lines of one", "b")], "")
@example("\\", [("u0073", "3cret-of-ours")], "")
@example("%73%33cret-of-ours", [("two\nlines of one", "s3cret-of-ours")], "s3cret-of-ours\ns3cret-of-ours")
def test_each_part_is_written_as_if_it_were_alone(url: str, headers: list[tuple[str, str]], text: str) -> None:
    alone, body = Redactor(SECRETS), text.encode()
    place, pairs, kept = clean(url, headers, body)
    assert place == alone.text(url)
    assert pairs == [[alone.text(name), alone.text(value)] for name, value in headers]
    assert kept == alone.data(body)


def test_a_long_body_is_searched_by_itself() -> None:
    secret = SECRETS[0].encode()
    _, pairs, kept = clean("", [("a", SECRETS[0])], b"-" * INLINE_LIMIT + secret)
    assert pairs == [["a", REDACTED]]
    assert kept == b"-" * INLINE_LIMIT + REDACTED.encode()
