"""What counts as a fact of an OpenAPI document: everything but its prose and its organisation."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from osia_conformance.checks.vendor_spec.facts import ABSENT, NotOpenApiError, canonical, differences, facts
from osia_conformance.support.paths import bundled

Member = tuple[str, Any, Any]
"""Place, container and key."""

FILES = {file.parent.name: file for file in sorted((bundled("specs") / "enrollment").glob("*/openapi.yaml"))}

WHOLE = (next(iter(FILES)), list(FILES)[-1])
"""Versions of which every member is changed; of the others those of paths and components that neither of these has word
for word."""

every_version = pytest.mark.parametrize("version", FILES)


@cache
def ours(version: str) -> dict[str, Any]:
    document = yaml.safe_load(FILES[version].read_text("utf-8"))
    assert isinstance(document, dict)
    return document


@every_version
def test_changing_any_value_that_is_not_prose_changes_the_facts(version: str) -> None:
    document = copy.deepcopy(ours(version))
    before = canonical(facts(document))
    tried = without_known(version, document, leaves(document))
    unseen = [place for place, node, key in tried if still(document, before, node, key, other(node[key]))]
    assert unseen == []


@every_version
def test_removing_any_member_that_states_more_than_a_default_changes_the_facts(version: str) -> None:
    document = copy.deepcopy(ours(version))
    before = canonical(facts(document))
    unseen = [
        place
        for place, node, key in without_known(version, document, [*leaves(document), *branches(document)])
        if not vacuous(key, node[key]) and still(document, before, node, key, ABSENT)
    ]
    assert unseen == []


@every_version
def test_prose_is_no_fact(version: str) -> None:
    document = copy.deepcopy(ours(version))
    before = facts(document)
    for node in list(nodes(document)):
        if "description" in node:
            node["description"] = "Something else."
    document["info"] |= {"title": "Another", "contact": {"name": "Nobody"}}
    document["servers"] = [{"url": "https://enrollment.example.org"}]
    document["components"]["schemas"]["Error"]["example"] = {"code": 1}
    assert facts(document) == before


@every_version
def test_the_order_of_parameters_is_no_fact(version: str) -> None:
    document = copy.deepcopy(ours(version))
    before = facts(document)
    for node in nodes(document):
        if isinstance(node.get("parameters"), list):
            node["parameters"].reverse()
    assert facts(document) == before


@every_version
def test_sharing_is_no_fact(version: str) -> None:
    spread = repeated(ours(version), ours(version))
    spread["components"] = {kind: spread["components"][kind] for kind in ("schemas", "securitySchemes")}
    for item in spread["paths"].values():
        common = item.pop("parameters")
        for operation in item.values():
            operation["parameters"] = [*operation.get("parameters", []), *common]
    assert "#/components/parameters" not in canonical(spread)
    assert facts(spread) == facts(ours(version))


def document_of(schema: dict[str, Any]) -> dict[str, Any]:
    return {"openapi": "3.0.0", "info": {}, "paths": {}, "components": {"schemas": {"Thing": schema}}}


@pytest.mark.parametrize("name", ["description", "example", "title", "default", "required", "parameters", "$ref"])
def test_a_property_may_be_named_like_a_keyword(name: str) -> None:
    seen = facts(document_of({"properties": {name: {"type": "string", "description": "Prose."}}}))
    assert seen[f"/components/schemas/Thing/properties/{name}/type"] == "string"
    assert not [pointer for pointer in seen if "Prose" in str(seen[pointer])]


def test_a_schema_that_allows_anything_is_a_fact() -> None:
    assert facts(document_of({"description": "Open."}))["/components/schemas/Thing"] == {}


def test_the_order_of_an_enum_is_a_fact_and_that_of_required_is_none() -> None:
    first = facts(document_of({"enum": ["a", "b"], "required": ["a", "b"]}))
    assert first == facts(document_of({"enum": ["a", "b"], "required": ["b", "a"]}))
    assert first != facts(document_of({"enum": ["b", "a"], "required": ["a", "b"]}))


def test_a_parameter_is_found_by_place_and_name_with_its_defaults_stated() -> None:
    operation = "/paths/~1v1~1enrollments~1{enrollmentId}/get/parameters/query/attributes"
    seen = {pointer: value for pointer, value in facts(ours("1.0.0")).items() if pointer.startswith(operation)}
    assert seen == {
        f"{operation}/required": False,
        f"{operation}/style": "form",
        f"{operation}/explode": True,
        f"{operation}/schema/type": "array",
        f"{operation}/schema/items/type": "string",
    }


def test_a_scope_is_a_fact_even_if_the_document_states_it_once_for_all() -> None:
    once = {"openapi": "3.0.0", "security": [{"A": ["read"]}], "paths": {"/a": {"get": {}}}}
    each = {"openapi": "3.0.0", "paths": {"/a": {"get": {"security": [{"A": ["read"]}]}}}}
    assert facts(once) == facts(each)
    assert facts(once)["/paths/~1a/get/security/0/A"] == ["read"]


@pytest.mark.parametrize(
    ("document", "word"),
    [
        ({"swagger": "2.0"}, "openapi"),
        ([], "openapi"),
        ({"openapi": "3.0.0", "paths": []}, "paths"),
        ({"openapi": "3.0.0", "paths": {"/a": {"get": {"parameters": [{"name": "x"}]}}}}, "parameter"),
        ({"openapi": "3.0.0", "paths": {"/a": {"get": {"parameters": {}}}}}, "parameters"),
        ({"openapi": "3.0.0", "paths": {"/a": {"$ref": "#/nowhere"}}}, "#/nowhere"),
    ],
)
def test_what_is_not_openapi_is_refused_in_a_sentence(document: Any, word: str) -> None:
    with pytest.raises(NotOpenApiError, match=word):
        facts(document)


def test_a_document_that_contains_itself_is_refused() -> None:
    document = yaml.safe_load("openapi: 3.0.0\nx-loop: &a\n  again: *a\n")
    with pytest.raises(NotOpenApiError, match="circular"):
        facts(document)


def test_a_reference_to_itself_ends() -> None:
    seen = facts({"openapi": "3.0.0", "paths": {"/a": {"$ref": "#/paths/~1a"}}})
    assert seen["/paths/~1a/$ref"] == "#/paths/~1a"


def test_a_reference_may_lead_through_lists_and_unquoted_status_codes() -> None:
    text = """
      openapi: 3.0.0
      paths:
        /a:
          get:
            parameters: [{name: x, in: query, schema: {type: string}}]
            responses: {200: {description: Good., content: {text/plain: {schema: {type: string}}}}}
          put:
            parameters: [{$ref: '#/paths/~1a/get/parameters/0'}]
            responses: {'200': {$ref: '#/paths/~1a/get/responses/200'}}
    """
    seen = facts(yaml.safe_load(text))
    get = {pointer.replace("/get/", "/put/"): seen[pointer] for pointer in seen if "/get/" in pointer}
    assert get == {pointer: seen[pointer] for pointer in seen if "/put/" in pointer}
    assert "/paths/~1a/get/responses/200/content/text~1plain/schema/type" in seen


KEYWORDS = ["paths", "components", "schemas", "info", "security", "get", "parameters", "in", "name", "required"]
NAMES = st.sampled_from(
    [*KEYWORDS, "default", "enum", "headers", "requestBody", "properties", "scopes", "$ref", "type"]
)
TEXTS = st.sampled_from(["query", "#/paths", "#/paths/get", "#/components/schemas/A", "3.0.0", ""])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES | st.integers(), inner, max_size=4),
    max_leaves=25,
)


@given(st.dictionaries(NAMES, VALUES, max_size=5))
def test_no_document_gives_more_than_a_sentence(members: dict[str, Any]) -> None:
    document = members | {"openapi": "3.0.0"}
    assert outcome(document) == outcome(copy.deepcopy(document))
    assert outcome(document).endswith(("is itself.", "correct it.", "must be an object.", "list.", '"in".'))


def outcome(document: dict[str, Any]) -> str:
    try:
        return "It differs." if differences(document, copy.deepcopy(document)) else f"{facts(document)} is itself."
    except NotOpenApiError as error:
        return str(error)


# -- walking a document, on its own and not with the code under test


def nodes(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
    for value in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from nodes(value)


def members(node: Any, place: str = "") -> Iterator[Member]:
    """Yield place, container and key of all but prose; none of our properties is named like prose."""
    for key in list(node) if isinstance(node, dict) else range(len(node)):
        below = f"{place}/{key}"
        if key in {"description", "summary"} or below in {"/info/title", "/tags"}:
            continue
        yield below, node, key
        if isinstance(node[key], dict | list):
            yield from members(node[key], below)


def without_known(version: str, document: dict[str, Any], found: list[Member]) -> list[Member]:
    """Return the members that stand in no path or component which a version of WHOLE has word for word."""
    known = [dict(parts(ours(one))) for one in WHOLE if version not in WHOLE]
    same = [part for name, part in parts(document) if any(one.get(name) == part for one in known)]
    inside = {id(node) for part in same for node in containers(part)}
    return [member for member in found if id(member[1]) not in inside]


def parts(document: dict[str, Any]) -> Iterator[tuple[tuple[str, str], Any]]:
    """Yield the paths and the components, each with its kind and name."""
    for kind, named in {"paths": document["paths"], **document["components"]}.items():
        yield from (((kind, name), part) for name, part in named.items())


def containers(node: Any) -> Iterator[Any]:
    """Yield every object and list."""
    if isinstance(node, dict | list):
        yield node
        for value in node.values() if isinstance(node, dict) else node:
            yield from containers(value)


def leaves(document: dict[str, Any]) -> list[Member]:
    return [each for each in members(document) if not isinstance(each[1][each[2]], dict | list)]


def branches(document: dict[str, Any]) -> list[Member]:
    return [each for each in members(document) if isinstance(each[1][each[2]], dict | list)]


def other(value: Any) -> Any:
    """Return a value of the same type that is not `value`."""
    if isinstance(value, bool):
        return not value
    return value + 1 if isinstance(value, int) else f"{value}x"


def still(document: dict[str, Any], before: str, node: Any, key: Any, new: object) -> bool:
    """Tell whether the facts stay the same with `new` (ABSENT: nothing) at `key`; then put all back."""
    kept = copy.copy(node)
    if new is ABSENT:
        del node[key]
    else:
        node[key] = new
    try:
        return canonical(facts(document)) == before
    except NotOpenApiError:
        return False
    finally:
        node.clear()
        node.extend(kept) if isinstance(node, list) else node.update(kept)


def vacuous(key: object, value: object) -> bool:
    """Tell whether losing the member loses nothing: a default, or a link to a response of mere prose."""
    prosaic = isinstance(value, str) and value.startswith("#/components/responses/")
    return (key == "required" and value is False) or (key == "$ref" and prosaic)


def repeated(node: Any, root: dict[str, Any]) -> Any:
    """Return `node` with each reference replaced by what it refers to, but for schemas."""
    if isinstance(node, list):
        return [repeated(each, root) for each in node]
    if not isinstance(node, dict):
        return node
    reference = node.get("$ref", "#/components/schemas/")
    if not reference.startswith("#/components/schemas/"):
        _, _, kind, name = reference.split("/")
        return repeated(root["components"][kind][name], root)
    return {key: repeated(value, root) for key, value in node.items()}
