"""The OpenAPI file of one interface version, and what an instance breaks in it.

The reference server reads the same files with code of its own. The two share nothing on purpose: each is an
independent oracle of the other.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property, partial
from typing import TYPE_CHECKING, Any

import jsonschema_rs
import yaml

from osia_conformance.standard.breach_words import breach_words
from osia_conformance.standard.versions import public
from osia_conformance.support.base64_text import decoded
from osia_conformance.support.json_pointer import unescaped
from osia_conformance.support.paths import bundled

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator, FormatChecker
    from jsonschema.exceptions import ValidationError
    from referencing import Registry

_URI = "urn:osia:enrollment"
_INT32 = {"minimum": -(2**31), "maximum": 2**31 - 1}
_SCHEMAS = "#/components/schemas/"
_OPEN_ENUMERATIONS = {"1.0.0": frozenset({"DocumentType"})}
"""Lists that their own description opens, by version (RUL-DOCUMENT-TYPE)."""


@cache
def formats() -> FormatChecker:
    """Return the formats that the interface's schemas use, each with what tells whether a value has it."""
    from jsonschema import FormatChecker  # noqa: PLC0415 - slow, and what judges nothing has no use for it

    checker = FormatChecker(formats=["date", "date-time", "uri"])
    checker.checks("byte")(_is_base64)
    checker.checks("int32")(_is_int32)
    return checker


def _is_base64(value: object) -> bool:
    if not isinstance(value, str):
        return True
    try:
        decoded(value)
    except ValueError:
        return False
    return True


def _is_int32(value: object) -> bool:
    return not isinstance(value, int) or -(2**31) <= value < 2**31


def format_checks() -> dict[str, Callable[..., bool]]:
    """Return what tells by the name of a format whether a value has it, as jsonschema-rs calls it."""
    return {name: partial(formats().conforms, format=name) for name in formats().checkers}


@dataclass(frozen=True, slots=True)
class Breach:
    """One schema fact that an instance breaks: the component schema, the keyword, where, and in which words."""

    schema: str
    keyword: str
    path: str
    message: str

    @property
    def fact(self) -> str:
        """The fact as the register's ids end: "BIOMETRICDATA-REQUIRED"."""
        return f"{self.schema}-{self.keyword}".upper()

    def __str__(self) -> str:
        """Return where the breach is and what it is, as a phrase."""
        return f"{self.path}: {self.message}"


class Specification:
    """One openapi.yaml. Schemas are named as in the standard's components."""

    def __init__(self, document: Mapping[str, Any], version: str = "") -> None:
        self.document = document
        self.version = version
        self._open: frozenset[str] = _OPEN_ENUMERATIONS.get(version, frozenset())
        self._validators: dict[str, Draft202012Validator] = {}
        self._quick: dict[str, jsonschema_rs.Draft202012Validator] = {}

    @cached_property
    def _registry(self) -> Registry[Any]:
        """Where the validator that says why finds what a schema refers to."""
        from referencing import Registry  # noqa: PLC0415 - as for the formats
        from referencing.jsonschema import DRAFT202012  # noqa: PLC0415

        resource = DRAFT202012.create_resource(self.document)
        registry: Registry[Any] = Registry().with_resource(_URI, resource)
        return registry

    def schema(self, name: str) -> Mapping[str, Any]:
        """Return the component schema `name`; KeyError if there is none."""
        found: Mapping[str, Any] = self.document["components"]["schemas"][name]
        return found

    @property
    def needed(self) -> tuple[str, ...]:
        """The members of an Enrollment that the body of a create or update needs: required and not readOnly."""
        schema = self.schema("Enrollment")
        return tuple(name for name in schema["required"] if not schema["properties"][name].get("readOnly", False))

    def listed(self, name: str, member: str) -> tuple[str, ...]:
        """Return the values that component schema `name` lists for a member, here or in the schema it refers to."""
        _, node = self._followed(name, self.schema(name)["properties"][member])
        return tuple(node["enum"])

    def breaches(self, name: str, instance: Any) -> list[Breach]:
        """Return what `instance` breaks of component schema `name`, formats included."""
        return self.inline_breaches({"$ref": f"{_SCHEMAS}{name}"}, instance)

    def schemas_in(self, name: str, instance: Any) -> frozenset[str]:
        """Return the component schemas that parts of `instance`, one of schema `name`, have to keep to; `name` too."""
        return frozenset(self._met("", {"$ref": f"{_SCHEMAS}{name}"}, instance))

    def _met(self, name: str, node: Any, instance: Any) -> Iterator[str]:
        name, node = self._followed(name, node)
        yield name
        for branch in ("allOf", "anyOf", "oneOf"):
            for part in node.get(branch, ()):
                yield from self._met(name, part, instance)
        if isinstance(instance, list) and "items" in node:
            for item in instance:
                yield from self._met(name, node["items"], item)
        if isinstance(instance, Mapping):
            for member, part in node.get("properties", {}).items():
                if member in instance:
                    yield from self._met(name, part, instance[member])

    def inline_breaches(self, schema: Mapping[str, Any], instance: Any) -> list[Breach]:
        """Return what `instance` breaks of a schema that stands in an operation."""
        key = json.dumps(schema, sort_keys=True)
        # The other one is set before it, so that a second thread finds both.
        if key not in self._validators:
            self._quick[key], self._validators[key] = self._quick_validator(schema), self._validator(schema)
        if _fits(self._quick[key], instance):
            return []
        return list(self._breaches(schema, self._validators[key].iter_errors(instance)))

    def parameters(self, operation: str) -> frozenset[str]:
        """Return the names of an operation's query and header parameters."""
        named = (self._resolved(one) for one in self._operation(operation).get("parameters", ()))
        return frozenset(one["name"] for one in named if one["in"] != "path")

    def responses(self, operation: str) -> Mapping[str, Any]:
        """Return the Response Objects of an operationId by status code, resolved; KeyError for another."""
        documented = self._operation(operation)["responses"]
        return {code: self._resolved(response) for code, response in documented.items()}

    def _operation(self, name: str) -> Mapping[str, Any]:
        for item in self.document["paths"].values():
            for entry in item.values():
                if isinstance(entry, Mapping) and entry.get("operationId") == name:
                    found: Mapping[str, Any] = entry
                    return found
        raise KeyError(name)

    def _resolved(self, node: Mapping[str, Any]) -> Mapping[str, Any]:
        if "$ref" not in node:
            return node
        found: Any = self.document
        for part in node["$ref"].removeprefix("#/").split("/"):
            found = found[unescaped(part)]
        return self._resolved(found)

    def _validator(self, schema: Mapping[str, Any]) -> Draft202012Validator:
        from jsonschema import Draft202012Validator  # noqa: PLC0415 - as for the formats

        # An absolute base, so that the schema's own references are found in the document.
        absolute = {"$id": f"{_URI}:schema", **_absolute(schema)}
        return Draft202012Validator(absolute, registry=self._registry, format_checker=formats())

    def _quick_validator(self, schema: Mapping[str, Any]) -> jsonschema_rs.Draft202012Validator:
        """Return a validator that only tells whether a value fits, many times faster than one that says why not."""
        whole = {**schema, "components": {"schemas": self.document["components"]["schemas"]}}
        return jsonschema_rs.Draft202012Validator(with_ranges(whole), validate_formats=True, formats=format_checks())

    def _breaches(self, root: Mapping[str, Any], errors: Iterator[ValidationError]) -> Iterator[Breach]:
        for error in errors:
            schema, keyword = self._fact(root, [str(part) for part in error.absolute_schema_path])
            if schema in self._open and keyword == "enum":
                continue
            yield Breach(schema, keyword, error.json_path, breach_words(error))

    def _fact(self, root: Mapping[str, Any], path: list[str]) -> tuple[str, str]:
        """Return the component schema that the keyword at `path` stands in ("" for none), and the keyword."""
        name, node = self._followed("", root)
        for part in path[:-1]:
            name, node = self._followed(name, node[int(part)] if isinstance(node, list) else node[part])
        keyword = path[-1]
        listed = isinstance(node, Mapping) and "enum" in node and name not in self._open
        # A listed value of another type breaks the list; the register has one entry for both.
        return name, "enum" if listed and keyword == "type" else keyword

    def _followed(self, name: str, node: Any) -> tuple[str, Any]:
        while isinstance(node, Mapping) and "$ref" in node:
            name = node["$ref"].rpartition("/")[2]
            node = self.schema(name)
        return name, node


def _fits(validator: jsonschema_rs.Draft202012Validator, instance: Any) -> bool:
    """Tell whether an instance fits for certain; False too where the quick validator cannot read it."""
    try:
        return validator.is_valid(instance)
    except ValueError:
        # A lone surrogate.
        return False


def with_ranges(node: Any) -> Any:
    """Return a schema in which int32 is a range: the quick validator knows formats of text only."""
    if isinstance(node, list):
        return [with_ranges(item) for item in node]
    if not isinstance(node, Mapping):
        return node
    ranges = _INT32 if node.get("format") == "int32" else {}
    return {**ranges, **{name: with_ranges(value) for name, value in node.items()}}


def _absolute(node: Any) -> Any:
    if isinstance(node, Mapping):
        return {
            name: f"{_URI}{value}" if name == "$ref" and value.startswith("#") else _absolute(value)
            for name, value in node.items()
        }
    return [_absolute(item) for item in node] if isinstance(node, list) else node


@cache
def load_specification(version: str) -> Specification:
    """Return the specification of interface `version`, from specs/enrollment/<version>/openapi.yaml."""
    path = bundled("specs") / "enrollment" / public(version) / "openapi.yaml"
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return Specification(yaml.load(path.read_text("utf-8"), Loader=loader), version)  # noqa: S506 - both are safe
