"""Creating, reading, updating, patching, finalizing and deleting."""

from __future__ import annotations

from typing import Any

import pytest

ONE = "/v1/enrollments/one"


def test_a_created_enrollment_is_read_back_whole(api: Any, body: Any) -> None:
    response = api("POST", ONE, json=body)
    assert (response.status_code, response.json()) == (201, {"enrollmentId": "one"})
    assert api.read("one") == body | {"enrollmentId": "one", "status": "IN_PROGRESS"}


def test_create_with_finalize_ends_finalized(api: Any, body: Any) -> None:
    api.create("one", body | {"status": "FINALIZED"}, finalize="true")
    assert api.read("one")["status"] == "FINALIZED"


def test_create_without_finalize_is_in_progress_whatever_the_body_says(api: Any, body: Any) -> None:
    api.create("one", body | {"status": "FINALIZED"}, finalize="false")
    assert api.read("one")["status"] == "IN_PROGRESS"


def test_a_second_create_is_refused_and_changes_nothing(api: Any, body: Any) -> None:
    api.create("one", body)
    assert api("POST", ONE, json=body | {"enrollmentType": "other"}).status_code == 409
    assert api.read("one")["enrollmentType"] == "citizen"


def test_unknown_members_and_document_types_survive(api: Any, body: Any) -> None:
    body["biographicData"]["urn:oid:2.5.4.4"] = {"deep": [1, None, {"x": 2**60}]}
    body["documentData"][0]["documentType"] = "BIRTH_CERTIFICATE"
    api.create("one", body)
    answered = api.read("one")
    assert answered["biographicData"] == body["biographicData"]
    assert answered["documentData"] == body["documentData"]


def test_a_paired_surrogate_and_a_long_integer_are_held(api: Any, body: Any) -> None:
    body["biographicData"] = {"emoji": "\U0001f600", "long": 10**400}
    api.create("one", body)
    assert api.read("one")["biographicData"] == body["biographicData"]


BROKEN: dict[str, Any] = {
    "status missing": lambda body: body.pop("status"),
    "status of another value": lambda body: body.update(status="DONE"),
    "enrollmentType missing": lambda body: body.pop("enrollmentType"),
    "enrollmentType of another type": lambda body: body.update(enrollmentType=1),
    "biometricData missing": lambda body: body.pop("biometricData"),
    "biometricData an object": lambda body: body.update(biometricData={}),
    "biometricType missing": lambda body: body["biometricData"][0].pop("biometricType"),
    "biometricType of another value": lambda body: body["biometricData"][0].update(biometricType="face"),
    "width a text": lambda body: body["biometricData"][0].update(width="1"),
    "image not base64": lambda body: body["biometricData"][0].update(image="!!!"),
    "image without padding": lambda body: body["biometricData"][0].update(image="YQ"),
    "captureDate not a day": lambda body: body["biometricData"][0].update(captureDate="2020-13-01"),
    "captureDate an instant": lambda body: body["biometricData"][0].update(captureDate="2020-07-01T00:00:00Z"),
    "imageRef not a URI": lambda body: body["biometricData"][0].update(imageRef="no scheme"),
    "parts empty": lambda body: body["documentData"][0].update(parts=[]),
    "pages empty": lambda body: body["documentData"][0]["parts"][0].update(pages=[]),
    "documentType a number": lambda body: body["documentData"][0].update(documentType=1),
    "biographicData a list": lambda body: body.update(biographicData=[]),
    "another enrollmentId": lambda body: body.update(enrollmentId="two"),
    "enrollmentId a number": lambda body: body.update(enrollmentId=1),
}


@pytest.mark.parametrize("fault", BROKEN)
@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_a_body_that_breaks_the_schema_is_refused_without_effect(api: Any, body: Any, method: str, fault: str) -> None:
    if method == "PUT":
        api.create("one", body)
        before = api.read("one")
    BROKEN[fault](body)
    assert api(method, ONE, json=body).status_code == 400
    if method == "PUT":
        assert api.read("one") == before
    else:
        assert api("GET", ONE).status_code == 404


def test_update_replaces_the_record(api: Any, body: Any) -> None:
    api.create("one", body)
    new = {"status": "IN_PROGRESS", "enrollmentType": "visitor", "biometricData": []}
    response = api("PUT", ONE, json=new)
    assert (response.status_code, response.content) == (204, b"")
    assert api.read("one") == new | {"enrollmentId": "one"}


@pytest.mark.parametrize(("method", "path"), [("PUT", ONE), ("PATCH", ONE), ("PUT", f"{ONE}/finalize")])
def test_update_patch_and_finalize_reach_finalized(api: Any, body: Any, method: str, path: str) -> None:
    api.create("one", body)
    assert api(method, path, json=body, params={"finalize": "true"}).status_code == 204
    assert api.read("one") == body | {"enrollmentId": "one", "status": "FINALIZED"}


def test_patch_merges_and_null_removes(api: Any, body: Any) -> None:
    api.create("one", body)
    patch = {"biographicData": {"firstName": "jack", "twin": None}, "requestData": None}
    assert api("PATCH", ONE, json=patch).status_code == 204
    answered = api.read("one")
    assert answered["biographicData"] == {"firstName": "jack", "dateOfBirth": "1985-11-30", "height": 1.5}
    assert "requestData" not in answered
    assert answered["documentData"] == body["documentData"]


def test_patch_cannot_change_id_or_status(api: Any, body: Any) -> None:
    api.create("one", body)
    assert api("PATCH", ONE, json={"enrollmentId": "two"}).status_code == 400
    assert api("PATCH", ONE, json={"enrollmentId": None, "status": "FINALIZED"}).status_code == 204
    assert api.read("one") == body | {"enrollmentId": "one"}


@pytest.mark.parametrize("patch", [{"status": None}, {"biometricData": None}, {"biographicData": "x"}, []])
def test_a_patch_whose_result_breaks_the_schema_changes_nothing(api: Any, body: Any, patch: Any) -> None:
    api.create("one", body)
    before = api.read("one")
    assert api("PATCH", ONE, json=patch).status_code == 400
    assert api.read("one") == before


@pytest.mark.parametrize(
    ("method", "path"), [("PUT", ONE), ("PATCH", ONE), ("PUT", f"{ONE}/finalize"), ("POST", f"{ONE}/buffer")]
)
def test_a_finalized_enrollment_is_not_changed(api: Any, body: Any, method: str, path: str) -> None:
    api.create("one", body, finalize="true")
    before = api.read("one")
    sent = {"content": b"x"} if path.endswith("buffer") else {"json": body | {"enrollmentType": "other"}}
    assert api(method, path, **sent).status_code == 403
    assert api.read("one") == before


@pytest.mark.parametrize("finalize", ["true", "false"])
def test_a_deleted_enrollment_is_gone(api: Any, body: Any, finalize: str) -> None:
    api.create("one", body, finalize=finalize)
    response = api("DELETE", ONE)
    assert (response.status_code, response.content) == (204, b"")
    assert api("GET", ONE).status_code == 404
    api.create("one", body)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", ONE),
        ("PUT", ONE),
        ("PATCH", ONE),
        ("DELETE", ONE),
        ("PUT", f"{ONE}/finalize"),
        ("POST", f"{ONE}/buffer"),
    ],
)
def test_an_unknown_enrollment_is_not_found(api: Any, body: Any, method: str, path: str) -> None:
    sent = {"content": b"x"} if path.endswith("buffer") else {"json": body}
    assert api(method, path, **sent).status_code == 404


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["biographicData"], {"biographicData"}),
        (["enrollmentType", "biometricData"], {"enrollmentType", "biometricData"}),
        (["nothing"], set()),
        ([""], set()),
    ],
)
def test_read_is_limited_to_the_named_groups(api: Any, body: Any, names: list[str], expected: set[str]) -> None:
    api.create("one", body)
    answered = api.read("one", attributes=names)
    assert set(answered) == {"enrollmentId", "status"} | expected
    assert all(answered[name] == body[name] for name in expected)


def test_read_is_limited_to_the_named_members(api: Any, body: Any) -> None:
    body["requestData"].append({"deliveryPlace": "rome"})
    api.create("one", body)
    assert api.read("one", attributes=["firstName", "requestType", "timeout", "documentType"]) == {
        "enrollmentId": "one",
        "status": "IN_PROGRESS",
        "biographicData": {"firstName": "john"},
        "requestData": [{"requestType": "IDCARD_ISSUANCE"}],
        "enrollmentFlags": [{"timeout": 3600}],
        "documentData": [{"documentType": "ID_CARD"}],
    }
