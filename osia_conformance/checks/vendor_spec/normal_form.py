"""The normal form of an OpenAPI 3 document: its machine-readable facts, however it is worded and organised.

Two documents that describe the same interface have the same normal form, though one repeats each parameter in
each operation and the other shares it under `components`: references to shared parts are resolved, parameters
of a path and security of the document are given to each operation, and what holds by default is stated
(`required`, `style`, `explode`). Parameters stand under place and name: a position in a list says nothing.

Schemas under `components/schemas` stay where they are, and a reference to one stays a reference (`schema_names`
compares them under one name). Extensions (`x-...`) are kept.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import unquote

from osia_conformance.support.json_pointer import unescaped

Document = Mapping[str, Any]
Tree = dict[str, Any]

METHODS = frozenset({"get", "put", "post", "delete", "options", "head", "patch", "trace"})
PROSE = frozenset({"description", "summary", "example", "examples", "title", "externalDocs", "servers", "$comment"})
INFO_PROSE = PROSE | {"contact", "license", "termsOfService"}
# Under these keys stand names of the author's choosing; "description" there is a name, not prose.
NAMED = frozenset(
    {
        "$defs",
        "callbacks",
        "content",
        "definitions",
        "dependentSchemas",
        "encoding",
        "flows",
        "links",
        "mapping",
        "patternProperties",
        "properties",
        "responses",
    }
)
# Under these keys stand values to be taken whole.
VALUES = frozenset({"const", "default", "enum"})
# Lists without an order.
SETS = frozenset({"required", "tags", "type"})
SCHEMAS = "#/components/schemas/"
# All other components are seen where they are used.
KEPT = ("schemas", "securitySchemes")
STYLES = {"path": "simple", "query": "form", "header": "simple", "cookie": "form"}


class NotOpenApiError(ValueError):
    """The document is not OpenAPI 3, or one of its references leads nowhere."""


def normal_form(document: Document) -> Tree:
    """Return an OpenAPI 3 document in normal form; raise NotOpenApiError where it is none."""
    version = document.get("openapi") if isinstance(document, Mapping) else None
    if not str(version).startswith("3."):
        raise NotOpenApiError('The document is not OpenAPI 3: it needs a member "openapi" such as "3.0.0".')
    try:
        return _Normaliser(document).document()
    except RecursionError as error:
        raise NotOpenApiError("The document is nested without end: remove its circular aliases.") from error


def canonical(value: object) -> str:
    """Return `value` as JSON with sorted keys and no spaces, so that equal text means equal values."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)


class _Normaliser:
    """Rewrites one document: references resolved, inherited and default values stated, prose gone."""

    def __init__(self, root: Document) -> None:
        self._root = root
        self._open: list[str] = []

    def document(self) -> Tree:
        taken = {"info", "paths", "components", "security", "tags"}
        tree = self._members({key: value for key, value in self._root.items() if key not in taken})
        info = _mapping(self._root.get("info", {}), "info")
        tree["info"] = self._members({key: value for key, value in info.items() if key not in INFO_PROSE})
        paths = _mapping(self._root.get("paths", {}), "paths")
        tree["paths"] = {str(path): self._path_item(item) for path, item in paths.items()}
        components = _mapping(self._root.get("components", {}), "components")
        tree["components"] = {kind: self._named(components[kind]) for kind in KEPT if kind in components}
        return tree

    def _path_item(self, item: Any) -> Any:
        with self._resolved(item) as found:
            if not isinstance(found, Mapping):
                return found
            shared = found.get("parameters", [])
            rest = {key: value for key, value in found.items() if key not in METHODS | {"parameters"}}
            methods = {key: self._operation(found[key], shared) for key in found if key in METHODS}
            return self._members(rest) | methods

    def _operation(self, operation: Any, shared: Any) -> Tree:
        members = dict(_mapping(operation, "an operation"))
        parameters = self._parameters(shared)
        for place, named in self._parameters(members.pop("parameters", [])).items():
            parameters.setdefault(place, {}).update(named)
        security = members.pop("security", self._root.get("security"))
        tree = self._members(members)
        if parameters:
            tree["parameters"] = parameters
        if security is not None:
            tree["security"] = _security(security)
        return tree

    def _parameters(self, listed: Any) -> Tree:
        """Return place -> name -> parameter; OpenAPI 3.0.0 makes the two together unique (4.7.8, 4.7.10)."""
        if not isinstance(listed, list):
            raise NotOpenApiError('The document is not OpenAPI 3: "parameters" must be a list.')
        found: Tree = {}
        for each in listed:
            with self._resolved(each) as resolved:
                parameter = dict(_mapping(resolved, "a parameter"))
                place, name = parameter.pop("in", None), parameter.pop("name", None)
                if not isinstance(name, str) or place not in tuple(STYLES):
                    raise NotOpenApiError('The document is not OpenAPI 3: a parameter needs "name" and "in".')
                stated = {"required": False}
                if "schema" in parameter:
                    style = parameter.get("style", STYLES[place])
                    stated |= {"style": style, "explode": style == "form"}
                found.setdefault(place, {})[name] = self._members(stated | parameter)
        return found

    def _members(self, node: Mapping[str, Any]) -> Tree:
        """Return the members of an OpenAPI or schema object without its prose."""
        return {str(key): self._member(str(key), value) for key, value in node.items() if key not in PROSE}

    def _member(self, key: str, value: Any) -> Any:
        if key in VALUES:
            return _plain(value)
        if key in SETS and isinstance(value, list):
            return sorted((_plain(each) for each in value), key=canonical)
        if key == "scopes" and isinstance(value, Mapping):
            return sorted(str(name) for name in value)
        if key == "requestBody":
            return self._optional(value)
        if key == "headers":
            return {str(name): self._optional(each) for name, each in _mapping(value, key).items()}
        return self._named(value) if key in NAMED else self._value(value)

    def _named(self, value: Any) -> Any:
        if not isinstance(value, Mapping):
            return self._value(value)
        return {str(name): self._value(each) for name, each in value.items()}

    def _optional(self, value: Any) -> Any:
        """Return a body or header with `required` stated: it is false by default (OpenAPI 3.0.0, 4.7.13)."""
        found = self._value(value)
        return {"required": False, **found} if isinstance(found, dict) else found

    def _value(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._value(each) for each in value]
        with self._resolved(value) as found:
            return self._members(found) if isinstance(found, Mapping) else found

    @contextmanager
    def _resolved(self, node: Any) -> Iterator[Any]:
        """Give what `node` refers to; `node` itself if that is a schema, in another file or no reference."""
        depth = len(self._open)
        while isinstance(node, Mapping) and (reference := _followed(node)) and reference not in self._open:
            self._open.append(reference)
            node = self._at(reference)
        try:
            yield node
        finally:
            del self._open[depth:]

    def _at(self, reference: str) -> Any:
        node: Any = self._root
        for part in unquote(reference).removeprefix("#/").split("/"):
            name = unescaped(part)
            members = {str(key): value for key, value in _pairs(node)}
            if name not in members:
                raise NotOpenApiError(f"The reference {reference} leads nowhere in the document: correct it.")
            node = members[name]
        return node


def _pairs(node: Any) -> Iterable[tuple[Any, Any]]:
    if isinstance(node, Mapping):
        return node.items()
    return enumerate(node) if isinstance(node, list) else ()


def _plain(value: Any) -> Any:
    """Return a value with names that are text: YAML also knows others, JSON does not."""
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list) else value


def _followed(node: Mapping[str, Any]) -> str | None:
    reference = node.get("$ref")
    if not isinstance(reference, str) or not reference.startswith("#/") or reference.startswith(SCHEMAS):
        return None
    return reference


def _mapping(value: Any, what: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise NotOpenApiError(f"The document is not OpenAPI 3: {what} must be an object.")
    return value


def _security(alternatives: Any) -> Any:
    """Return the alternatives and the scopes of each sorted: neither has an order."""
    if not isinstance(alternatives, list):
        return _plain(alternatives)
    return sorted((_scopes(_plain(each)) for each in alternatives), key=canonical)


def _scopes(requirement: Any) -> Any:
    if not isinstance(requirement, dict):
        return requirement
    return {
        scheme: sorted(scopes, key=canonical) if isinstance(scopes, list) else scopes
        for scheme, scopes in requirement.items()
    }
