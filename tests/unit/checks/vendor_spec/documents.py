"""A vendor's OpenAPI file for tests: the standard's own, with changes."""

from __future__ import annotations

import copy
import json
from functools import cache
from typing import Any

from osia_conformance.checks.vendor_spec.spec import VendorSpec, understood
from osia_conformance.support.bounded_yaml import parsed
from osia_conformance.support.paths import bundled

VERSION = "1.0.0"
PATH = "/v1/enrollments/{enrollmentId}"


@cache
def text(version: str) -> str:
    return (bundled("specs") / "enrollment" / version / "openapi.yaml").read_text("utf-8")


def document(version: str = VERSION) -> Any:
    return copy.deepcopy(_loaded(version))


@cache
def _loaded(version: str) -> Any:
    return parsed(text(version).encode())


def spec_of(changed: Any, version: str = VERSION) -> VendorSpec:
    return understood("theirs.json", json.dumps(changed).encode(), version)


def extended() -> VendorSpec:
    """Their blocks are closed, they have one more type of biometrics, and one more parameter."""
    theirs = document()
    closed = {"type": "object", "properties": {"givenName": {"enum": ["Anna"]}}, "required": ["givenName"]}
    schemas = theirs["components"]["schemas"]
    schemas["Enrollment"]["properties"]["biographicData"] = closed | {"additionalProperties": False}
    schemas["BiometricType"]["enum"].append("GAIT")
    parameter = {"name": "dryRun", "in": "query", "required": True, "schema": {"type": "boolean"}}
    theirs["paths"][PATH]["post"].setdefault("parameters", []).append(parameter)
    return spec_of(theirs)
