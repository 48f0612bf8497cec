"""The OpenAPI file as the server uses it: operations, routes, and the validation of request bodies.

The suite reads the same files with code of its own (`Specification` there). The two share nothing on purpose: each
is an independent oracle of the other, and a fault in one shows as a disagreement between them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, partial, reduce
from operator import getitem
from pathlib import Path
from typing import Any

import jsonschema_rs
import yaml
from jsonschema import Draft202012Validator

from osia_reference.formats import formats

METHODS = frozenset({"get", "put", "post", "delete", "patch"})
SUCCESSES = range(200, 300)
JSON = "application/json"
LONGEST_MESSAGE = 200
RANGES = {f"int{bits}": {"minimum": -(2 ** (bits - 1)), "maximum": 2 ** (bits - 1) - 1} for bits in (32, 64)}

Document = dict[str, Any]
Correction = Callable[[Document], None]


def open_document_type(document: Document) -> None:
    """Allow any string: the standard says of DocumentType that it "can be extended", its enum cannot."""
    document["components"]["schemas"]["DocumentType"].pop("enum", None)


def integers_as_values(document: Document) -> None:
    """Let an expression's `value` match several branches: under oneOf no integer would be valid."""
    value = document["components"]["schemas"]["Expression"]["properties"]["value"]
    value["anyOf"] = value.pop("oneOf")


CORRECTIONS: dict[str, tuple[Correction, ...]] = {
    "1.0.0": (open_document_type, integers_as_values),
    "1.1.0": (integers_as_values,),
    "1.2.0": (integers_as_values,),
    "1.2.1": (integers_as_values,),
    "1.3.0": (integers_as_values,),
    "1.3.1": (integers_as_values,),
}
"""What is put right in the OpenAPI file of each version that is served, oldest first."""
RENAMED = {"createBuffer": "sendBuffer", "readBuffer": "getBuffer"}


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation: `scopes` are what a token must hold, `success` its 2xx code.

    `name` is the operationId of 1.0.0 in every version, so that a class which knows it serves all of them.
    `codes` are the documented status codes. `answers` tells whether a success has a body, `headers` which
    headers it has. `parameters` maps its own query and header parameters to their defaults (None: no
    default), `body_types` lists the media types and ranges of the request's body.
    """

    name: str
    method: str
    path: str
    scopes: frozenset[str]
    success: int
    codes: frozenset[int] = frozenset()
    answers: bool = True
    headers: frozenset[str] = frozenset()
    parameters: Mapping[str, Any] = field(default_factory=dict, hash=False)
    body_types: tuple[str, ...] = ()


class Specification:
    """One interface version, read from its OpenAPI file and corrected where CORRECTIONS says so."""

    def __init__(self, document: Document) -> None:
        self.version: str = document["info"]["version"]
        for correction in CORRECTIONS.get(self.version, ()):
            correction(document)
        self._document = document
        self.operations: dict[str, Operation] = {}
        self._validators: dict[str, Draft202012Validator] = {}
        self._quick: dict[str, jsonschema_rs.Draft202012Validator] = {}
        for path, method, node in _nodes(document):
            operation = self._operation(path, method, node)
            self.operations[operation.name] = operation
            if operation.body_types == (JSON,):
                schema = self._resolved(node["requestBody"])["content"][JSON]["schema"]
                whole = self._whole(schema)
                self._validators[operation.name] = Draft202012Validator(whole, format_checker=formats)
                self._quick[operation.name] = quick_validator(whole)
        self._routes = [(_pattern(path), self._methods(path)) for path in document["paths"]]

    def route(self, path: str) -> tuple[dict[str, Operation], dict[str, str]] | None:
        """Return the operations by method and the raw parameters of an undecoded `path`; None if unknown."""
        for pattern, methods in self._routes:
            if match := pattern.fullmatch(path):
                return methods, match.groupdict()
        return None

    def problem(self, operation: str, body: object) -> str | None:
        """Say in one phrase how `body` breaks the operation's schema; None if it fits."""
        if fits(self._quick[operation], body):
            return None
        error = next(self._validators[operation].iter_errors(body), None)
        if error is None:
            return None
        return f"{error.json_path}: {error.message}"[:LONGEST_MESSAGE]

    def _methods(self, path: str) -> dict[str, Operation]:
        return {each.method: each for each in self.operations.values() if each.path == path}

    def _operation(self, path: str, method: str, node: Document) -> Operation:
        name: str = node["operationId"]
        responses = {int(status): self._resolved(answer) for status, answer in node["responses"].items()}
        success = next(status for status in responses if status in SUCCESSES)
        parameters = [self._resolved(each) for each in node.get("parameters", ())]
        return Operation(
            name=RENAMED.get(name, name),
            method=method.upper(),
            path=path,
            scopes=frozenset(scope for way in node["security"] for scopes in way.values() for scope in scopes),
            success=success,
            codes=frozenset(responses),
            answers="content" in responses[success],
            headers=frozenset(responses[success].get("headers", ())),
            parameters={
                each["name"]: self._resolved(each["schema"]).get("default")
                for each in parameters
                if each["in"] != "path"
            },
            body_types=tuple(self._resolved(node.get("requestBody", {})).get("content", ())),
        )

    def _resolved(self, node: Any) -> Any:
        while "$ref" in node:
            node = reduce(getitem, node["$ref"].removeprefix("#/").split("/"), self._document)
        return node

    def _whole(self, node: Any) -> Any:
        """Return a request's schema with its references put in place: several times faster to check with."""
        if isinstance(node, list):
            return [self._whole(each) for each in node]
        if isinstance(node, dict):
            whole = {key: self._whole(value) for key, value in self._resolved(node).items() if key != "example"}
            return _without_read_only(whole)
        return node


@cache
def load(path: Path) -> Specification:
    """Read the OpenAPI file at `path`, once for all servers.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is not an OpenAPI document.
    """
    try:
        return Specification(yaml.safe_load(path.read_text("utf-8")))
    except (yaml.YAMLError, LookupError, TypeError, AttributeError) as error:
        raise ValueError(f"{path} is not an OpenAPI file of the Enrollment interface; give the bundled one.") from error


def load_version(path: Path, version: str) -> Specification:
    """Read the OpenAPI file of interface version `version` at `path`, once for all servers.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is not an OpenAPI document, or that of another version.
    """
    specification = load(path)
    if specification.version != version:
        raise ValueError(f"{path} is not of version {version}; give its file.")
    return specification


def quick_validator(schema: Any) -> jsonschema_rs.Draft202012Validator:
    """Return a validator that only tells whether a value fits, many times faster than one that says why not."""
    checks: dict[str, Callable[..., bool]] = {name: partial(formats.conforms, format=name) for name in formats.checkers}
    return jsonschema_rs.Draft202012Validator(_with_ranges(schema), validate_formats=True, formats=checks)


def fits(validator: jsonschema_rs.Draft202012Validator, value: object) -> bool:
    """Tell whether a value fits for certain; False too where the quick validator cannot read it."""
    try:
        return validator.is_valid(value)
    except ValueError:
        # A lone surrogate.
        return False


def _with_ranges(node: Any) -> Any:
    """Return a schema in which formats of integers are ranges: the quick validator knows formats of text only."""
    if isinstance(node, list):
        return [_with_ranges(each) for each in node]
    if not isinstance(node, dict):
        return node
    return {**RANGES.get(str(node.get("format")), {}), **{name: _with_ranges(each) for name, each in node.items()}}


def _nodes(document: Document) -> Iterator[tuple[str, str, Document]]:
    for path, item in document["paths"].items():
        yield from ((path, method, item[method]) for method in item if method in METHODS)


def _without_read_only(schema: Document) -> Document:
    """Require nothing of a request that is readOnly (OpenAPI 3.0.3, Schema Object)."""
    required, properties = schema.get("required"), schema.get("properties", {})
    if not isinstance(required, list):
        return schema
    return {**schema, "required": [name for name in required if not properties.get(name, {}).get("readOnly")]}


def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(path)))
