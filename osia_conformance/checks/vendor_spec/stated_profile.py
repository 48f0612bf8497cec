"""[profile] from a vendor's OpenAPI file: it says which blocks are closed, what is required, what can be searched."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from osia_conformance.checks.vendor_spec.references import followed
from osia_conformance.config.profile import GROUPS
from osia_conformance.standard.enrollment import EXTENSIBLE_BLOCKS

_CLOSED = "additionalProperties"


def stated_profile(document: Mapping[str, Any]) -> tuple[dict[str, str], dict[str, Any]]:
    """Return the keys of [profile] as TOML values, and JSON files by name that they refer to.

    `document` is a file as `spec.load` understands it. What it leaves as the standard has it is not stated.
    """
    schemas = document.get("components", {}).get("schemas", {})
    enrollment = followed(document, schemas.get("Enrollment", {}))
    members = enrollment.get("properties", {}) if isinstance(enrollment, Mapping) else {}
    keys: dict[str, str] = {}
    files: dict[str, Any] = {}
    for name in EXTENSIBLE_BLOCKS:
        block = _whole(document, members.get(name, {}))
        if isinstance(block, Mapping) and block.get(_CLOSED) is False:
            files[f"{name}.schema.json"] = block
            keys[name] = f'{{schema = "{name}.schema.json"}}'
    types = _enum(followed(document, members.get("enrollmentType", {})))
    if types:
        keys["enrollment-types"] = json.dumps(types)
    required = [name for name in GROUPS if name in enrollment.get("required", ())]
    if required:
        keys["required"] = json.dumps(required)
    searched = _searched(document, schemas)
    if searched:
        keys["search"] = "{" + ", ".join(f'{json.dumps(name)} = "string"' for name in searched) + "}"
    return keys, files


def _whole(document: Mapping[str, Any], node: Any, above: tuple[str, ...] = ()) -> Any:
    """Return a schema without references; where it comes back to itself anything goes."""
    if isinstance(node, list):
        return [_whole(document, each, above) for each in node]
    if not isinstance(node, Mapping):
        return node
    if isinstance(name := node.get("$ref"), str):
        return {} if name in above else _whole(document, followed(document, node), (*above, name))
    return {key: _whole(document, value, above) for key, value in node.items()}


def _searched(document: Mapping[str, Any], schemas: Mapping[str, Any]) -> list[str]:
    expression = followed(document, schemas.get("Expression", {}))
    members = expression.get("properties", {}) if isinstance(expression, Mapping) else {}
    return _enum(followed(document, members.get("attributeName", {})))


def _enum(schema: Any) -> list[str]:
    values = schema.get("enum", ()) if isinstance(schema, Mapping) else ()
    return [value for value in values if isinstance(value, str)]
