"""The OpenAPI document as schemathesis gets it: narrower, so that what is drawn is small and ours to send."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_FEW = 3
_PLAIN = {"anyOf": [{"type": "string"}, {"type": "integer"}, {"type": "boolean"}]}
_DROPPED = frozenset({"security", "example", "examples"})


def narrowed(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a copy without tokens, ids and transactionId, with short lists and few, plain extensions.

    Everything that fits the copy fits the document: nothing is opened, only closed further. Paths are those
    of `plain_path`.
    """
    known = document.get("components", {}).get("parameters", {})
    paths = {plain_path(path): _item(item, known) for path, item in document["paths"].items()}
    return {**_node(document), "paths": paths}


def plain_path(path: str) -> str:
    """Return the path without the braces of its ids, which are never drawn."""
    return path.replace("{", "").replace("}", "")


def _item(item: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    """Return a path item, or an operation of it, without the parameters that are ours."""
    copied = {name: _item(_node(value), known) if isinstance(value, Mapping) else value for name, value in item.items()}
    if "parameters" in item:
        resolved = [known[one["$ref"].rpartition("/")[2]] if "$ref" in one else one for one in item["parameters"]]
        copied["parameters"] = [_node(one) for one in resolved if _is_drawn(one)]
    return copied


def _is_drawn(parameter: Mapping[str, Any]) -> bool:
    return bool(parameter["in"] != "path" and parameter["name"] != "transactionId")


def _node(node: Any) -> Any:
    if isinstance(node, list):
        return [_node(item) for item in node]
    if not isinstance(node, Mapping):
        return node
    copied = {name: _node(value) for name, value in node.items() if name not in _DROPPED}
    return _schema(copied) if "operationId" not in copied and "type" in copied else copied


def _schema(schema: dict[str, Any]) -> dict[str, Any]:
    if schema["type"] == "array":
        return {"maxItems": _FEW, **schema}
    if schema["type"] != "object":
        return schema
    if schema.get("additionalProperties") is True or "properties" not in schema:
        return {**schema, "additionalProperties": _PLAIN, "maxProperties": _FEW}
    return {"additionalProperties": False, **schema}
