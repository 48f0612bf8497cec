"""The OpenAPI file as the server uses it: operations, routes, and the validation of request bodies."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache, reduce
from operator import getitem
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator, FormatChecker

METHODS = frozenset({"get", "put", "post", "delete", "patch"})
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:(?:[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*")
LONGEST_MESSAGE = 200

Document = dict[str, Any]
Correction = Callable[[Document], None]
formats = FormatChecker(formats=())


@formats.checks("byte", raises=ValueError)
def _is_byte(value: object) -> bool:
    """Base64 with padding (OpenAPI 3.0 data types; RFC 4648, 4)."""
    if isinstance(value, str):
        base64.b64decode(value, validate=True)
    return True


@formats.checks("date", raises=ValueError)
def _is_date(value: object) -> bool:
    """A full-date (RFC 3339, 5.6)."""
    return not isinstance(value, str) or bool(DATE.fullmatch(value) and date.fromisoformat(value))


@formats.checks("uri")
def _is_uri(value: object) -> bool:
    """A URI with its scheme (RFC 3986, 3); a relative reference is none."""
    return not isinstance(value, str) or bool(URI.fullmatch(value))


def open_document_type(document: Document) -> None:
    """Allow any string: the standard says of DocumentType that it "can be extended", its enum cannot."""
    document["components"]["schemas"]["DocumentType"].pop("enum", None)


def integers_as_values(document: Document) -> None:
    """Let an expression's `value` match several branches: under oneOf no integer would be valid."""
    value = document["components"]["schemas"]["Expression"]["properties"]["value"]
    value["anyOf"] = value.pop("oneOf")


CORRECTIONS: dict[str, tuple[Correction, ...]] = {"1.0.0": (open_document_type, integers_as_values)}


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation: `name` is its operationId, `scopes` what a token must hold, `success` its 2xx code."""

    name: str
    method: str
    path: str
    scopes: frozenset[str]
    success: int


class Specification:
    """One interface version, read from its OpenAPI file and corrected where CORRECTIONS says so."""

    def __init__(self, document: Document) -> None:
        self.version: str = document["info"]["version"]
        for correction in CORRECTIONS.get(self.version, ()):
            correction(document)
        self._document = document
        self.operations: dict[str, Operation] = {}
        self._validators: dict[str, Draft202012Validator] = {}
        for path, method, node in _nodes(document):
            operation = _operation(path, method, node)
            self.operations[operation.name] = operation
            schema = self._resolved(node.get("requestBody", {})).get("content", {}).get("application/json")
            if schema:
                self._validators[operation.name] = Draft202012Validator(
                    self._whole(schema["schema"]), format_checker=formats
                )
        self._routes = [(_pattern(path), self._methods(path)) for path in document["paths"]]

    def route(self, path: str) -> tuple[dict[str, Operation], dict[str, str]] | None:
        """Return the operations by method and the raw parameters of an undecoded `path`; None if unknown."""
        for pattern, methods in self._routes:
            if match := pattern.fullmatch(path):
                return methods, match.groupdict()
        return None

    def problem(self, operation: str, body: object) -> str | None:
        """Say in one phrase how `body` breaks the operation's schema; None if it fits."""
        error = next(self._validators[operation].iter_errors(body), None)
        if error is None:
            return None
        return f"{error.json_path}: {error.message}"[:LONGEST_MESSAGE]

    def _methods(self, path: str) -> dict[str, Operation]:
        return {each.method: each for each in self.operations.values() if each.path == path}

    def _resolved(self, node: Any) -> Any:
        while "$ref" in node:
            node = reduce(getitem, node["$ref"].removeprefix("#/").split("/"), self._document)
        return node

    def _whole(self, node: Any) -> Any:
        """Return `node` with its references put in place: several times faster to validate with."""
        if isinstance(node, list):
            return [self._whole(each) for each in node]
        if isinstance(node, dict):
            return {
                key: self._whole(value) for key, value in self._resolved(node).items() if key != "example"
            }
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
        raise ValueError(
            f"{path} is not an OpenAPI file of the Enrollment interface; give the bundled one."
        ) from error


def _nodes(document: Document) -> Iterator[tuple[str, str, Document]]:
    for path, item in document["paths"].items():
        yield from ((path, method, item[method]) for method in item if method in METHODS)


def _operation(path: str, method: str, node: Document) -> Operation:
    return Operation(
        name=node["operationId"],
        method=method.upper(),
        path=path,
        scopes=frozenset(scope for way in node["security"] for scopes in way.values() for scope in scopes),
        success=next(int(status) for status in node["responses"] if str(status).startswith("2")),
    )


def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(path)))
