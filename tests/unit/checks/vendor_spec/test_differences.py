"""Where two OpenAPI documents disagree, and how that reads."""

from __future__ import annotations

import copy
from typing import Any

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
