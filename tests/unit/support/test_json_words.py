"""JSON values as words: short, in JSON's own terms, and told apart where they look alike."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from osia_conformance.support.json_words import contrast, kind_of, show
from tests.unit.support.test_compare import JSON

LONG = "".join(chr(ord("A") + index % 26) for index in range(1000))


@given(JSON)
def test_shown_values_are_short(value: Any) -> None:
    assert len(show(value)) < 100


@given(st.text(), st.text())
def test_a_contrast_is_short_and_shows_two_different_texts(got: str, sent: str) -> None:
    assume(got != sent)
    words = contrast(got, sent)
    assert len(words) < 300
    there, _, wanted = words.removeprefix("is ").removesuffix(")").partition(" instead of ")
    assert there != wanted


@pytest.mark.parametrize(
    ("value", "kind"),
    [(None, "null"), (True, "true"), (False, "false"), ({}, "an object"), ([], "an array"), ("", "a string")],
)
def test_kinds_have_the_names_of_json(value: Any, kind: str) -> None:
    assert kind_of(value) == kind


def test_a_long_text_is_shown_with_the_number_of_its_own_characters() -> None:
    assert show(LONG) == f'"{LONG[:58]}…" (1000 characters)'


def test_a_long_group_is_shown_with_the_number_of_its_parts() -> None:
    assert show([LONG, 2]).endswith("… (2 elements)")
    assert show({"name": LONG}).endswith("… (1 members)")


@pytest.mark.parametrize(
    ("got", "sent", "words"),
    [
        (2, 1, "is 2 instead of 1"),
        (None, "a", 'is null instead of "a"'),
        (True, "true", 'is true instead of "true"'),
        (
            "e\u0301 n\u0303",
            "\u00e9 \u00f1",
            'is "e\\u0301 n\\u0303" instead of "\\u00e9 \\u00f1" (the same text in another Unicode normalization form)',
        ),
        ("a\u00a0b", "a b", 'is "a\\u00a0b" instead of "a b"'),
        ("ab\u200b", "ab", 'is "ab\\u200b" instead of "ab"'),
        (
            "\u0410nn\u0430",
            "Anna",
            'is "\\u0410nn\\u0430" instead of "Anna" (letters of another script that look the same)',
        ),
        ("\u03bf", "\u043e", 'is "\\u03bf" instead of "\\u043e" (letters of another script that look the same)'),
        ("\u0416", "Z", 'is "\u0416" instead of "Z"'),
        ("M?ller", "Müller", 'is "M?ller" instead of "Müller"'),
    ],
)
def test_short_values_are_shown_whole_and_in_escapes_where_they_look_alike(got: Any, sent: Any, words: str) -> None:
    assert contrast(got, sent) == words


def test_of_two_long_texts_the_first_difference_is_shown() -> None:
    other = f"{LONG[:500]}*{LONG[501:]}"
    assert contrast(other, LONG) == (
        f'differs from character 501 on: it is "…{LONG[492:500]}*{LONG[501:522]}…" instead of "…{LONG[492:522]}…"'
    )


def test_where_long_texts_differ_first_in_what_looks_alike_it_is_escaped() -> None:
    other = f"{LONG[:500]}\u0430{LONG[501:900]}?{LONG[901:]}"
    sent = f"{LONG[:500]}a{LONG[501:]}"
    assert "\\u0430" in contrast(other, sent)


def test_a_text_that_was_cut_is_said_to_be_shorter() -> None:
    words = f'has 255 characters instead of 1000: it ends before "…{LONG[255:285]}…"'
    assert contrast(LONG[:255], LONG) == words


def test_a_text_that_grew_is_said_to_go_on() -> None:
    assert contrast(f"{LONG}xyz", LONG) == 'has 1003 characters instead of 1000: it goes on with "…xyz"'
