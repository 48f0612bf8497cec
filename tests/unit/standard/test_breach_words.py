"""Breaches of a schema, in JSON's words."""

from __future__ import annotations

from typing import Any

import pytest
from jsonschema import Draft202012Validator

from osia_conformance.standard.breach_words import breach_words
from osia_conformance.standard.specification import formats


@pytest.mark.parametrize(
    ("schema", "instance", "words"),
    [
        ({"type": "array"}, None, "null is no array"),
        ({"type": ["string", "null"]}, True, "true is no string or null"),
        ({"type": "string"}, {"a": [False]}, '{"a": [false]} is no string'),
        ({"enum": ["FACE", "IRIS"]}, "EAR", '"EAR" is none of "FACE", "IRIS"'),
        ({"required": ["it's", "b"]}, {"b": 1}, 'the member "it\'s" is missing'),
        ({"properties": {"a": {}}, "additionalProperties": False}, {"a": 1, "b": 2}, 'the schema has no member "b"'),
        ({"format": "byte"}, "%%", '"%%" is not of the format byte (base64)'),
        ({"format": "date"}, "1.1.2020", '"1.1.2020" is not of the format date (RFC 3339, full-date)'),
        (
            {"oneOf": [{"type": "string"}, {"type": "array"}]},
            None,
            "null fits none of the 2 forms that the schema allows",
        ),
        ({"oneOf": [{}, {"type": "array"}]}, [], "[] fits more than one of the 2 forms that the schema allows"),
        ({"minItems": 1}, [], "[] breaks minItems: 1"),
        (False, 1, "1 stands where the schema allows nothing"),
    ],
)
def test_a_breach_is_told_in_the_words_of_json(schema: Any, instance: Any, words: str) -> None:
    (error,) = Draft202012Validator(schema, format_checker=formats()).iter_errors(instance)
    assert breach_words(error) == words


def test_each_missing_member_is_named_in_its_own_breach() -> None:
    errors = Draft202012Validator({"required": ["a", "b", "c"]}).iter_errors({"b": 1})
    assert [breach_words(error) for error in errors] == ['the member "a" is missing', 'the member "c" is missing']


def test_the_words_are_short() -> None:
    (error,) = Draft202012Validator({"enum": [f"value {index}" for index in range(100)]}).iter_errors("x" * 1000)
    assert len(breach_words(error)) < 170
