"""Instances of a vendor's JSON Schema, drawn by schemathesis."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st


def instances(schema: Mapping[str, Any]) -> st.SearchStrategy[Any]:
    """Draw instances of a JSON Schema that stands on its own."""
    import schemathesis  # noqa: PLC0415 - slow, and only profiles with a schema need it
    from schemathesis import GenerationMode  # noqa: PLC0415
    from schemathesis.config import SchemathesisConfig  # noqa: PLC0415

    document = {
        "openapi": "3.1.0",
        "info": {"title": "A block", "version": "1"},
        "paths": {
            "/block": {
                "post": {
                    "requestBody": {"required": True, "content": {"application/json": {"schema": _embedded(schema)}}},
                    "responses": {"200": {"description": "Taken."}},
                }
            }
        },
    }
    config = SchemathesisConfig.from_dict({"generation": {"allow-x00": False, "codec": "ascii"}})
    operation = schemathesis.openapi.from_dict(document, config=config)["/block"]["post"]
    cases: st.SearchStrategy[Any] = operation.as_strategy(generation_mode=GenerationMode.POSITIVE)
    return cases.map(lambda case: copy.deepcopy(case.body))


_PLACE = "#/paths/~1block/post/requestBody/content/application~1json/schema"


def _embedded(node: Any) -> Any:
    """Return the schema with its own references led to where it stands in the document."""
    if isinstance(node, Mapping):
        return {
            name: f"{_PLACE}{value[1:]}" if name == "$ref" and isinstance(value, str) else _embedded(value)
            for name, value in node.items()
            if name not in {"$schema", "$id"}
        }
    return [_embedded(item) for item in node] if isinstance(node, list) else node
