"""What all versions say of an enrollment, compared with each version's OpenAPI file."""

from __future__ import annotations

from typing import Any

import pytest

from osia_conformance.standard.enrollment import EXTENSIBLE_BLOCKS
from osia_conformance.standard.specification import Specification, load_specification
from tests.harness.interface_versions import JUDGED


def is_free(specification: Specification, node: dict[str, Any]) -> bool:
    """Tell whether a schema, or that of its items, states neither members nor a type but object."""
    if "$ref" in node:
        node = dict(specification.schema(node["$ref"].rpartition("/")[2]))
    if "items" in node:
        return is_free(specification, node["items"])
    return node.get("type", "object") == "object" and "properties" not in node


@pytest.mark.parametrize("version", JUDGED)
def test_the_extensible_blocks_are_the_members_that_any_object_fits(version: str) -> None:
    specification = load_specification(version)
    members = specification.schema("Enrollment")["properties"]
    there = {name for name, node in members.items() if is_free(specification, node)}
    assert there == {name for name in EXTENSIBLE_BLOCKS if name in members}
    assert set(EXTENSIBLE_BLOCKS) - there <= ({"contextualData"} if version == "1.0.0" else set())
