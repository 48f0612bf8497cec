"""Search: six operators, AND, types, and expressions that are refused."""

from __future__ import annotations

import json
from typing import Any

import pytest

ALL = "/v1/enrollments"


@pytest.fixture
def people(api: Any, body: Any) -> Any:
    """Three enrollments: a and b share the marker; c has neither height nor marker."""
    for name, height, born in (("a", 1.5, "1985-11-30"), ("b", 2, "1990-01-01")):
        data = {"marker": "m1", "name": name, "height": height, "born": born, "twin": name == "b"}
        api.create(name, body | {"biographicData": data})
    api.create("c", body | {"biographicData": {"name": "c", "height2": "tall"}, "enrollmentType": "other"})
    return api


def found(api: Any, *expressions: tuple[str, str, Any]) -> list[str]:
    names = ("attributeName", "operator", "value")
    response = api("POST", ALL, json=[dict(zip(names, each, strict=True)) for each in expressions])
    assert response.status_code == 200
    return [record["enrollmentId"] for record in response.json()]


@pytest.mark.parametrize(
    ("expression", "ids"),
    [
        (("name", "=", "b"), ["b"]),
        (("name", "!=", "b"), ["a", "c"]),
        (("name", "<", "b"), ["a"]),
        (("name", "<=", "b"), ["a", "b"]),
        (("name", ">", "b"), ["c"]),
        (("name", ">=", "b"), ["b", "c"]),
        (("height", "=", 1.5), ["a"]),
        (("height", "!=", 1.5), ["b"]),
        (("height", "<", 2), ["a"]),
        (("height", "<=", 2.0), ["a", "b"]),
        (("height", ">", 1.5), ["b"]),
        (("height", ">=", 1.5), ["a", "b"]),
        (("height", "=", 2.0), ["b"]),
        (("height", "<", 10**400), ["a", "b"]),
        (("born", "<", "1990-01-01"), ["a"]),
        (("twin", "=", True), ["b"]),
        (("twin", "!=", True), ["a"]),
    ],
)
def test_an_operator_compares_like_with_like(people: Any, expression: Any, ids: list[str]) -> None:
    assert found(people, expression) == ids


def test_another_type_never_matches_but_differs(people: Any) -> None:
    for operator in ("=", "<", "<=", ">", ">="):
        assert found(people, ("height", operator, "1.5")) == []
        assert found(people, ("twin", operator, 1)) == []
    assert found(people, ("height", "!=", "1.5")) == ["a", "b"]


@pytest.mark.parametrize("operator", ["=", "!=", "<", "<=", ">", ">="])
def test_a_record_without_the_attribute_never_matches(people: Any, operator: str) -> None:
    assert found(people, ("nothing", operator, "x")) == []


def test_expressions_combine_with_and(people: Any) -> None:
    assert found(people, ("marker", "=", "m1"), ("height", ">", 1.5)) == ["b"]
    assert found(people, ("marker", "=", "m1"), ("name", "=", "c")) == []
    assert found(people, ("name", "!=", "a"), ("marker", "=", "m1"), ("born", ">", "1980")) == ["b"]


@pytest.mark.parametrize(
    "expression",
    [
        ("enrollmentId", "=", "a"),
        ("status", "=", "IN_PROGRESS"),
        ("enrollmentType", "=", "citizen"),
        ("requestType", "=", "IDCARD_ISSUANCE"),
        ("timeout", "=", 3600),
        ("documentType", "=", "ID_CARD"),
    ],
)
def test_attributes_are_found_in_the_record_and_in_its_groups(people: Any, expression: Any) -> None:
    assert "a" in found(people, expression)


def test_a_match_is_answered_whole_and_no_match_with_an_empty_list(people: Any) -> None:
    sent = [{"attributeName": "name", "operator": "=", "value": "a"}]
    assert people("POST", ALL, json=sent).json() == [people.read("a")]
    assert found(people, ("name", "=", "nobody")) == []


def test_no_expressions_match_all(people: Any) -> None:
    assert found(people) == ["a", "b", "c"]


def test_search_follows_changes(people: Any, body: Any) -> None:
    people("PATCH", f"{ALL}/a", json={"biographicData": {"name": "z"}})
    assert found(people, ("name", "=", "a")) == []
    assert found(people, ("name", "=", "z")) == ["a"]
    people("PUT", f"{ALL}/b", json=body)
    assert found(people, ("marker", "=", "m1")) == ["a"]
    people("DELETE", f"{ALL}/a")
    assert found(people, ("marker", "=", "m1")) == []


@pytest.mark.parametrize(
    "sent",
    [
        [{"attributeName": "name", "operator": "~", "value": "a"}],
        [{"attributeName": "name", "operator": "=="}],
        [{"attributeName": "name", "operator": "="}],
        [{"operator": "=", "value": "a"}],
        [{"attributeName": "name", "value": "a"}],
        [{"attributeName": 1, "operator": "=", "value": "a"}],
        [{"attributeName": "name", "operator": "=", "value": None}],
        [{"attributeName": "name", "operator": "=", "value": ["a"]}],
        [{"attributeName": "name", "operator": "=", "value": {}}],
        {"attributeName": "name", "operator": "=", "value": "a"},
        ["name"],
        None,
        [{"attributeName": "name", "operator": "=", "value": str(number)} for number in range(2000)],
    ],
    ids=lambda sent: json.dumps(sent)[:70],
)
def test_what_is_no_list_of_expressions_is_refused(people: Any, sent: Any) -> None:
    assert people("POST", ALL, json=sent).status_code == 400


def test_a_missing_body_is_refused(people: Any) -> None:
    assert people("POST", ALL).status_code == 400
