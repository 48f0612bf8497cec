"""The table of operations, compared with each version's OpenAPI file."""

from __future__ import annotations

import pytest

from osia_conformance.standard.operations import operations
from osia_conformance.standard.specification import load_specification
from tests.harness.interface_versions import JUDGED


@pytest.mark.parametrize("version", JUDGED)
def test_the_bodies_are_those_that_the_file_describes(version: str) -> None:
    document = load_specification(version).document
    bodies = document["components"]["requestBodies"]
    for one in operations(version):
        body = document["paths"][one.path][one.method.lower()].get("requestBody", {})
        content = (bodies[body["$ref"].rpartition("/")[2]] if "$ref" in body else body).get("content", {})
        described = ("json" if "application/json" in content else "bytes") if content else None
        assert one.body == described, one.code
