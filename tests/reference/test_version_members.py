"""Which members and values of an enrollment belong to which version."""

from __future__ import annotations

from typing import Any

import pytest

from tests.harness.interface_versions import since

ONE = "/v1/enrollments/one"
DATED = pytest.mark.parametrize("version", since("1.2.0"))

NEW: dict[str, tuple[str, str, Any]] = {
    "Passport": ("documentData", "documentType", "Passport"),
    "PASSPORT": ("documentData", "documentType", "PASSPORT"),
    "FORM": ("documentData", "documentType", "FORM"),
    "documentTypeOther": ("documentData", "documentTypeOther", "library card"),
    "instance": ("biometricData", "instance", "a"),
    "missing": (
        "biometricData",
        "missing",
        [{"biometricSubType": "LEFT_THUMB", "presence": "AMPUTATED"}],
    ),
    "metadata": ("biometricData", "metadata", "x"),
    "comment": ("biometricData", "comment", "x"),
    "SIGNATURE": ("biometricData", "biometricType", "SIGNATURE"),
    "day": ("biometricData", "captureDate", "2020-07-01"),
    "instant": ("biometricData", "captureDate", "2020-07-01T12:00:00.5Z"),
    "mimetype": ("biometricData", "mimetype", "image/png"),
    "mimeType": ("biometricData", "mimeType", "image/png"),
    "template": ("biometricData", "template", "c3RyaW5n"),
    "template of another kind": ("biometricData", "templateFormat", "OURS"),
    "template reference": ("biometricData", "templateRef", "https://a.example/t"),
    "quality": ("biometricData", "quality", -1),
    "quality of another kind": ("biometricData", "qualityFormat", "OURS"),
    "algorithm": ("biometricData", "algorithm", "x"),
    "vendor": ("biometricData", "vendor", "x"),
    "RIGHT_HYPOTHENAR": ("biometricData", "biometricSubType", "RIGHT_HYPOTHENAR"),
    "EYE_BOTH": ("biometricData", "biometricSubType", "EYE_BOTH"),
    "no base64": ("biometricData", "image", "not base64"),
    "encryption": ("biometricData", "encryption", {"type": "JWE", "scope": "$.image"}),
}
# What a version takes of NEW; the open objects of 1.0.0 take any new member.
OPEN_MEMBERS = {
    *("documentTypeOther", "instance", "missing", "metadata", "comment", "mimeType", "template"),
    *("template of another kind", "template reference", "quality", "quality of another kind"),
    *("algorithm", "vendor", "encryption"),
}
OF_1_1 = {"PASSPORT", "documentTypeOther", "instance", "missing", "metadata", "comment", "SIGNATURE"}
OF_1_2 = {
    *("FORM", "instant", "mimeType", "template", "template of another kind", "template reference"),
    *("quality", "quality of another kind", "algorithm", "vendor"),
}
OF_1_2_1 = {"RIGHT_HYPOTHENAR", "EYE_BOTH"}
TAKEN = {
    "1.0.0": {*OPEN_MEMBERS, "Passport", "PASSPORT", "FORM", "day", "mimetype"},
    "1.1.0": {*OF_1_1, "day", "mimetype"},
    "1.2.0": {*OF_1_1, *OF_1_2},
    "1.2.1": {*OF_1_1, *OF_1_2, *OF_1_2_1},
    **{version: {*OF_1_1, *OF_1_2, *OF_1_2_1, "no base64", "encryption"} for version in since("1.3.0")},
}


@pytest.mark.parametrize("name", NEW)
def test_members_and_values_belong_to_their_versions(any_api: Any, any_body: Any, version: str, name: str) -> None:
    group, member, value = NEW[name]
    any_body[group][0][member] = value
    response = any_api("POST", ONE, json=any_body)
    if name in TAKEN[version]:
        assert response.status_code < 300
        assert any_api.read("one")[group][0][member] == value
    else:
        assert response.status_code == 400
        assert any_api("GET", ONE).status_code == 404


BAD: dict[str, Any] = {
    "contextualData of another type": {"contextualData": []},
    "missing of another presence": {"biometricData": [{"biometricType": "IRIS", "missing": [{"presence": 1}]}]},
    "missing with an unknown member": {"biometricData": [{"biometricType": "IRIS", "missing": [{"x": 1}]}]},
}


@pytest.mark.parametrize("version", ["1.1.0", "1.2.0", "1.2.1"])
@pytest.mark.parametrize("fault", BAD)
def test_what_breaks_a_newer_schema_is_refused(any_api: Any, any_body: Any, fault: str) -> None:
    assert any_api("POST", ONE, json=any_body | BAD[fault]).status_code == 400


@DATED
@pytest.mark.parametrize("instant", ["2020-07-01T12:00:00Z", "2020-07-01t12:00:00.123456789+14:00"])
def test_an_instant_is_taken(any_api: Any, any_body: Any, instant: str) -> None:
    any_body["documentData"][0]["parts"][0]["captureDate"] = instant
    any_api.create("one", any_body)
    assert any_api.read("one")["documentData"] == any_body["documentData"]


@DATED
def test_a_leap_second_is_an_instant(any_api: Any, any_body: Any) -> None:
    any_body["documentData"][0]["parts"][0]["captureDate"] = "2016-12-31T23:59:60Z"
    any_api.create("one", any_body)
    assert any_api.app.enrollments.read("one")["documentData"] == any_body["documentData"]


@DATED
@pytest.mark.parametrize(
    "instant",
    [
        "2020-07-01",
        "2020-07-01T12:00:00",
        "2020-07-01 12:00:00Z",
        "2020-02-30T12:00:00Z",
        "2020-07-01T24:00:00Z",
        "2020-07-01T12:00Z",
        "2020-07-01T12:00:00+0100",
        "2020-07-01T12:00:00+24:00",
        "",
    ],
)
def test_what_is_no_instant_is_refused(any_api: Any, any_body: Any, instant: str) -> None:
    any_body["documentData"][0]["parts"][0]["captureDate"] = instant
    assert any_api("POST", ONE, json=any_body).status_code == 400


@DATED
@pytest.mark.parametrize("quality", [2**63, -(2**63) - 1, 1.5, "1"])
def test_a_quality_that_is_no_integer_of_64_bits_is_refused(any_api: Any, any_body: Any, quality: Any) -> None:
    any_body["biometricData"][0]["quality"] = quality
    assert any_api("POST", ONE, json=any_body).status_code == 400
