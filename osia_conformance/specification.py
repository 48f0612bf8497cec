"""The OpenAPI file of one interface version, and what an instance breaks in it."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import yaml
from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from osia_conformance.paths import bundled

_URI = "urn:osia:enrollment"
_SCHEMAS = "#/components/schemas/"
_OPEN_ENUMERATIONS = frozenset({"DocumentType"})
"""Lists that their own description opens (RUL-DOCUMENT-TYPE)."""

FORMATS = FormatChecker(formats=["date", "date-time", "uri"])


@FORMATS.checks("byte")
def _is_base64(value: object) -> bool:
    if not isinstance(value, str):
        return True
    try:
        base64.b64decode("".join(value.split()), validate=True)
    except (binascii.Error, ValueError):
        return False
    return True


@FORMATS.checks("int32")
def _is_int32(value: object) -> bool:
    return not isinstance(value, int) or -(2**31) <= value < 2**31


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


class Specification:
    """One openapi.yaml. Schemas are named as in the standard's components."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document
        resource = DRAFT202012.create_resource(document)
        self._registry: Registry[Any] = Registry().with_resource(_URI, resource)
        self._validators: dict[str, Draft202012Validator] = {}

    def schema(self, name: str) -> Mapping[str, Any]:
        """Return the component schema `name`; KeyError if there is none."""
        found: Mapping[str, Any] = self.document["components"]["schemas"][name]
        return found

    def breaches(self, name: str, instance: Any) -> list[Breach]:
        """Return what `instance` breaks of component schema `name`, formats included."""
        validator = self._validators.get(name)
        if validator is None:
            reference = {"$ref": f"{_URI}{_SCHEMAS}{name}"}
            validator = Draft202012Validator(reference, registry=self._registry, format_checker=FORMATS)
            self._validators[name] = validator
        return list(self._breaches(name, validator.iter_errors(instance)))

    def _breaches(self, name: str, errors: Iterator[ValidationError]) -> Iterator[Breach]:
        for error in errors:
            schema, keyword = self._fact(name, [str(part) for part in error.absolute_schema_path])
            if schema in _OPEN_ENUMERATIONS and keyword == "enum":
                continue
            yield Breach(schema, keyword, error.json_path, _shortened(error.message))

    def _fact(self, name: str, path: list[str]) -> tuple[str, str]:
        """Return the component schema that the keyword at `path` stands in, and the keyword."""
        node: Any = self.schema(name)
        for part in path[:-1]:
            node = node[int(part)] if isinstance(node, list) else node[part]
            while isinstance(node, Mapping) and "$ref" in node:
                name = node["$ref"].rpartition("/")[2]
                node = self.schema(name)
        keyword = path[-1]
        listed = isinstance(node, Mapping) and "enum" in node and name not in _OPEN_ENUMERATIONS
        # A listed value of another type breaks the list; the register has one entry for both.
        return name, "enum" if listed and keyword == "type" else keyword


@cache
def load_specification(version: str) -> Specification:
    """Return the specification of interface `version`, from specs/enrollment/<version>/openapi.yaml."""
    path = bundled("specs") / "enrollment" / version / "openapi.yaml"
    return Specification(
        yaml.load(path.read_text("utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    )


def _shortened(message: str, limit: int = 160) -> str:
    return message if len(message) <= limit else f"{message[:limit]}…"
