"""Each clause leads to a place in the standard: its JSON pointers resolve in every version that the rule holds in."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import pytest

from osia_conformance.standard.register import STANDARD_FILE, load_register
from osia_conformance.standard.specification import load_specification
from tests.harness.interface_versions import JUDGED
from tests.harness.published import IS_AT_HAND, published

POINTER = re.compile(re.escape(STANDARD_FILE) + r"#(/[^\s;]*)")
PARAMETER = re.compile(re.escape(STANDARD_FILE) + r"#(/[^\s;]*/parameters) \((\w+)")
METHODS = frozenset({"get", "put", "post", "delete", "patch"})
ELSEWHERE = (
    "prose: ",
    "OSIA ",
    "OSIA, ",
    "RFC ",
    "HTTP PUT (RFC ",
    "every operation's ",
    "from 1.1.0 on ",
    "from 7.0 on ",
)
"""How a part of a clause begins that leads to another text than the OpenAPI file."""

every_version = pytest.mark.parametrize("version", JUDGED)


def clauses(version: str) -> dict[str, str]:
    """Return the clause of each requirement that holds in a version, by id."""
    return {name: entry.clause for name, entry in load_register(version).requirements.items()}


@cache
def ours(version: str) -> dict[str, Any]:
    """Return our file as the standard lays its own out: the parameters of a path stand at each operation."""
    document = load_specification(version).document
    return {**document, "paths": {path: with_parameters(item) for path, item in document["paths"].items()}}


def with_parameters(item: dict[str, Any]) -> dict[str, Any]:
    shared = item.get("parameters", [])
    return {
        method: {**operation, "parameters": [*shared, *operation.get("parameters", [])]}
        for method, operation in item.items()
        if method in METHODS
    }


def resolve(pointer: str, document: dict[str, Any]) -> Any:
    """Return what a JSON pointer (RFC 6901) leads to, references followed; LookupError where it leads nowhere."""
    node: Any = document
    for part in pointer.removeprefix("/").split("/"):
        name = part.replace("~1", "/").replace("~0", "~")
        node = node[int(name)] if isinstance(node, list) else node[name]
        node = followed(node, document)
    return node


def followed(node: Any, document: dict[str, Any]) -> Any:
    """Return a node, or what it refers to."""
    while isinstance(node, dict) and "$ref" in node:
        node = resolve(node["$ref"].removeprefix("#"), document)
    return node


def unresolved(clause: str, document: dict[str, Any]) -> list[str]:
    """Return the pointers of a clause that lead nowhere in a document."""
    found = []
    for pointer in POINTER.findall(clause):
        try:
            resolve(pointer, document)
        except (LookupError, TypeError, ValueError):
            found.append(pointer)
    return found


def misleading(version: str, document: dict[str, Any]) -> dict[str, list[str]]:
    """Return the pointers that lead nowhere by the requirements that cite them."""
    found = {name: unresolved(clause, document) for name, clause in clauses(version).items()}
    return {name: pointers for name, pointers in found.items() if pointers}


@every_version
def test_each_pointer_leads_somewhere_in_our_file(version: str) -> None:
    assert misleading(version, ours(version)) == {}


if IS_AT_HAND:

    @every_version
    def test_each_pointer_leads_somewhere_in_the_published_file(version: str) -> None:
        assert misleading(version, published(version)) == {}


@every_version
def test_a_parameter_that_a_clause_names_is_where_it_points(version: str) -> None:
    document = ours(version)
    for name, clause in clauses(version).items():
        for pointer, parameter in PARAMETER.findall(clause):
            there = {followed(each, document)["name"] for each in resolve(pointer, document)}
            assert parameter in there, name


@every_version
def test_each_part_of_a_clause_says_where_it_stands(version: str) -> None:
    parts = {part: name for name, clause in clauses(version).items() for part in clause.split("; ")}
    assert {part: name for part, name in parts.items() if not part.startswith((STANDARD_FILE, *ELSEWHERE))} == {}


def test_a_pointer_that_leads_nowhere_is_told() -> None:
    clause = f"{STANDARD_FILE}#/paths/~1v1~1enrollments/post/responses/404 (from 1.1.0); prose: findEnrollments"
    assert unresolved(clause, ours("1.0.0")) == []
    assert unresolved(clause, ours("1.1.0")) == ["/paths/~1v1~1enrollments/post/responses/404"]
