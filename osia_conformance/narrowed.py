"""The OpenAPI document as schemathesis gets it: narrower, so that what is drawn is valid and small."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_FEW = 3
_PLAIN = {"anyOf": [{"type": "string"}, {"type": "integer"}, {"type": "boolean"}]}


def narrowed(document: Mapping[str, Any]) -> Any:
    """Return a copy without security (tokens are ours), with short lists and few, plain extension members.

    Everything that fits the copy fits the document: nothing is opened, only closed further.
    """
    return _node(document)


def _node(node: Any) -> Any:
    if isinstance(node, list):
        return [_node(item) for item in node]
    if not isinstance(node, Mapping):
        return node
    copied = {
        name: _node(value) for name, value in node.items() if name not in ("security", "example", "examples")
    }
    if "operationId" in node or ("properties" not in node and "type" not in node):
        return copied
    return _schema(copied)


def _schema(schema: dict[str, Any]) -> dict[str, Any]:
    if schema.get("type") == "array":
        return {"maxItems": _FEW, **schema}
    if schema.get("type") != "object":
        return schema
    if schema.get("additionalProperties") is True or "properties" not in schema:
        return {**schema, "additionalProperties": _PLAIN, "maxProperties": _FEW}
    return {"additionalProperties": False, **schema}
