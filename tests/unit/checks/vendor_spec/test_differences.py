"""Where two OpenAPI documents disagree, and how that reads."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
import yaml

from osia_conformance.checks.vendor_spec.facts import ABSENT, Difference, differences
from osia_conformance.support.paths import bundled


def ours(version: str) -> dict[str, Any]:
    document = yaml.safe_load((bundled("specs") / "enrollment" / version / "openapi.yaml").read_text("utf-8"))
    assert isinstance(document, dict)
    return document


def test_true_is_not_one() -> None:
    truth = {"openapi": "3.0.0", "x-flag": True}
    number = {"openapi": "3.0.0", "x-flag": 1}
    assert differences(truth, number) == [Difference("/x-flag", True, 1)]


def test_an_operation_that_one_side_lacks_is_one_difference() -> None:
    theirs = copy.deepcopy(ours("1.0.0"))
    del theirs["paths"]["/v1/enrollments"]["post"]
    (found,) = differences(ours("1.0.0"), theirs)
    assert found.pointer == "/paths/~1v1~1enrollments/post"
    assert found.theirs is ABSENT
    assert str(found).endswith("theirs has none")


def test_differences_between_two_versions_name_what_changed() -> None:
    found = {each.pointer: (each.ours, each.theirs) for each in differences(ours("1.2.0"), ours("1.2.1"))}
    responses = "/paths/~1v1~1enrollments~1{enrollmentId}/post/responses"
    enum = found.pop("/components/schemas/BiometricSubType/enum")
    assert found == {
        "/info/version": ("1.2.0", "1.2.1"),
        f"{responses}/404": ({}, ABSENT),
        f"{responses}/409": (ABSENT, {}),
    }
    before, after = ({*side} for side in enum if isinstance(side, list))
    assert after - before == {"RIGHT_HYPOTHENAR", "EYE_BOTH"}
    assert before <= after


def renamed(version: str, names: dict[str, str]) -> dict[str, Any]:
    """Return the standard's document with other names for some of its shared schemas."""
    text = json.dumps(ours(version), default=str)
    for name, other in names.items():
        text = text.replace(f'"#/components/schemas/{name}"', f'"#/components/schemas/{other}"')
    document = json.loads(text)
    schemas = document["components"]["schemas"]
    document["components"]["schemas"] = {names.get(name, name): schema for name, schema in schemas.items()}
    assert isinstance(document, dict)
    return document


@pytest.mark.parametrize("version", ["1.0.0", "1.3.1"])
def test_the_same_schemas_under_other_names_are_no_difference(version: str) -> None:
    # The second leads to the third, and that to more.
    names = {"Error": "error", "Enrollment": "record", "BiometricData": "biometrics", "DocumentData": "documents"}
    known = {name: other for name, other in names.items() if name in ours(version)["components"]["schemas"]}
    assert len(known) > 1
    theirs = renamed(version, known)
    assert "record" in theirs["components"]["schemas"]
    assert differences(ours(version), theirs) == []


def test_a_recursive_schema_may_have_another_name() -> None:
    def tree(name: str) -> dict[str, Any]:
        child = {"$ref": f"#/components/schemas/{name}"}
        return {"openapi": "3.0.0", "components": {"schemas": {name: {"properties": {"child": child}}}}}

    assert differences(tree("Node"), tree("node")) == []


def test_another_name_hides_no_difference() -> None:
    theirs = renamed("1.3.1", {"Error": "error"})
    theirs["components"]["schemas"]["error"]["required"] = ["code"]
    (found,) = differences(ours("1.3.1"), theirs)
    assert found == Difference("/components/schemas/Error/required", ["code", "message"], ["code"])


def test_of_two_equal_schemas_each_gets_one_name() -> None:
    def pair(*names: str) -> dict[str, Any]:
        return {"openapi": "3.0.0", "components": {"schemas": {name: {"type": "string"} for name in names}}}

    assert differences(pair("A", "B"), pair("a", "b")) == []
    (found,) = differences(pair("A"), pair("a", "b"))
    assert (found.pointer, found.is_permitted) == ("/components/schemas/b", True)
