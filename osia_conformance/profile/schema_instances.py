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
                    "requestBody": {"required": True, "content": {"application/json": {"schema": moved(schema)}}},
                    "responses": {"200": {"description": "Taken."}},
                }
            }
        },
    }
    config = SchemathesisConfig.from_dict({"generation": {"allow-x00": False, "codec": "ascii"}})
    operation = schemathesis.openapi.from_dict(document, config=config)["/block"]["post"]
    cases: st.SearchStrategy[Any] = operation.as_strategy(generation_mode=GenerationMode.POSITIVE)
    return cases.map(lambda case: copy.deepcopy(case.body))


def few(drawn: st.SearchStrategy[Any], times: int) -> list[Any]:
    """Return up to `times` of what a strategy draws, always the same; what was found until nothing more could be."""
    import hypothesis  # noqa: PLC0415 - slow, and only profiles with a schema need it
    from hypothesis.errors import HypothesisException  # noqa: PLC0415
    from schemathesis.errors import SchemathesisError  # noqa: PLC0415

    from osia_conformance.support.seeded_draws import generating, steady_draws  # noqa: PLC0415

    found: list[Any] = []

    def keep(value: Any) -> None:
        found.append(value)

    try:
        with steady_draws():
            hypothesis.seed(0)(generating(times)(hypothesis.given(drawn)(keep)))()
    except (HypothesisException, SchemathesisError):
        return found
    return found


_PLACE = "#/paths/~1block/post/requestBody/content/application~1json/schema"


def moved(node: Any, place: str = _PLACE) -> Any:
    """Return a schema with its own references led to `place`, where it stands in a document."""
    if isinstance(node, Mapping):
        return {
            name: f"{place}{value[1:]}" if name == "$ref" and isinstance(value, str) else moved(value, place)
            for name, value in node.items()
            if name not in {"$schema", "$id"}
        }
    return [moved(item, place) for item in node] if isinstance(node, list) else node
