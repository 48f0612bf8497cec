"""Patterns that could hold a run up are refused, or given up on."""

from __future__ import annotations

import pytest

from osia_conformance.profile import expensive_patterns
from osia_conformance.profile.expensive_patterns import expensive
from osia_conformance.profile.json_schema import misfit

EXPENSIVE = (
    *(
        "(a+)+$",
        "^(a*)*b",
        "^(a+b?)+$",
        "^([a-z]+)*$",
        r"^(\w+\s?)*$",
        "^(a|a?b)*$",
        "^(.*a){20}$",
        "^(([a-z])+.)+[A-Z]$",
    ),
    *("(?:x+x+)+y", "^(?:a|ab)+$", r"^(\d+)*$", "((a{1,9}){1,40})!", r"^([a-z]-?[a-z]+)*$", "(?P<x>(a+))+", "a" * 1001),
)
CHEAP = (
    *("^[a-z]+$", "^[A-Z]{3}-[0-9]{5}$", "^[a-z]+(-[a-z]+)*$", "^([A-Z]+ )*[A-Z]+$", r"^\d{4}(-\d\d){2}$", "(", ""),
    *(r"^[^@]+@[^@]+(\.[^@.]+)+$", "^(ab|cd)*$", "^(a|b|[0-9])+$", r"^(\+\d{1,3})?( ?\d){6,12}$", "^(a{2})*$", "^.*$"),
)


@pytest.mark.parametrize("pattern", EXPENSIVE)
def test_a_pattern_that_may_take_for_ever_is_known(pattern: str) -> None:
    assert expensive(pattern)


@pytest.mark.parametrize("pattern", CHEAP)
def test_a_usual_pattern_is_none_of_them(pattern: str) -> None:
    assert expensive(pattern) is None


@pytest.mark.parametrize("pattern", ["^(a|a)*$", "^(a+)+$", "^(a*)*$", r"^(?=(a+)+$)a", r"^((a+)+)\1$"])
def test_matching_a_value_ends_whatever_the_pattern(pattern: str) -> None:
    assert misfit({"pattern": pattern}, "a" * 5000 + "!")


def test_where_a_value_does_not_fit_is_named() -> None:
    schema = {"properties": {"a": {"items": {"pattern": "^a$"}}}}
    assert misfit(schema, {"a": ["a", "b"]}) == '$.a[1]: "b" does not match "^a$"'
    assert misfit({"type": "integer", "format": "int32"}, 1 << 40)
    assert misfit({"format": "date"}, "2026-02-30")
    assert misfit({"$ref": "https://example.org/s"}, 1) == "the schema cannot be applied to it"


def test_without_a_parser_no_pattern_is_refused_for_its_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(expensive_patterns, "_parser", None)
    assert expensive("(a+)+") is None
    assert expensive("a" * 2000) is not None
