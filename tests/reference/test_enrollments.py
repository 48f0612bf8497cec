"""Creating, reading, updating, patching, finalizing and deleting."""

from __future__ import annotations

from typing import Any

import pytest

from osia_reference.enrollments import Enrollments

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


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", ONE),
        ("GET", ONE),
        ("PUT", ONE),
        ("PATCH", ONE),
        ("DELETE", ONE),
        ("PUT", f"{ONE}/finalize"),
        ("POST", "/v1/enrollments"),
        ("POST", f"{ONE}/buffer"),
        ("GET", f"{ONE}/buffer/x"),
    ],
)
def test_a_missing_transaction_id_is_a_bad_request_everywhere(api: Any, method: str, path: str) -> None:
    assert api(method, path, transaction=False).status_code == 400


def test_an_empty_transaction_id_is_accepted(api: Any, body: Any) -> None:
    assert api("POST", ONE, json=body, params={"transactionId": ""}).status_code == 201


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
@pytest.mark.parametrize("value", ["maybe", "", "TRUE", "1"])
def test_finalize_takes_true_and_false_only(api: Any, body: Any, method: str, value: str) -> None:
    if method != "POST":
        api.create("one", body)
    assert api(method, ONE, json=body, params={"finalize": value}).status_code == 400


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"null", b'"x"', b"{} {}", b"\xff", b"\xef\xbb\xbf{}", b'{"a": NaN}', b"1e999"],
)
def test_what_is_no_json_object_is_a_bad_request(api: Any, body: Any, method: str, content: bytes) -> None:
    if method != "POST":
        api.create("one", body)
    response = api(method, ONE, content=content, headers={"Content-Type": "application/json"})
    assert response.status_code == 400
    assert response.json()["code"] == 400
    assert isinstance(response.json()["message"], str)


@pytest.mark.parametrize(
    "content",
    [
        b'{"status":"IN_PROGRESS","enrollmentType":"\\ud800","biometricData":[]}',
        b'{"status":"IN_PROGRESS","enrollmentType":"t","biometricData":[],"x":' + b"[" * 5000 + b"]" * 5000 + b"}",
        b'{"status":"IN_PROGRESS","enrollmentType":"t","biometricData":[],"x":' + b"[" * 200 + b"]" * 200 + b"}",
        b'{"status":"IN_PROGRESS","enrollmentType":"t","biometricData":[],"x":1' + b"0" * 5000 + b"}",
    ],
    ids=["lone surrogate", "nested 5000", "nested 200", "5000 digits"],
)
def test_json_that_cannot_be_held_is_a_bad_request(api: Any, content: bytes) -> None:
    assert api("POST", ONE, content=content).status_code == 400
    assert api("GET", ONE).status_code == 404


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


@pytest.mark.parametrize("sent", ["%20a%20", "%C3%A9", "a.b~c", "x" * 255, "%2525"])
def test_an_id_is_percent_decoded(api: Any, body: Any, sent: str) -> None:
    assert api("POST", f"/v1/enrollments/{sent}", json=body).status_code == 201
    assert api("GET", f"/v1/enrollments/{sent}").status_code == 200
    decoded = {"%20a%20": " a ", "%C3%A9": "é", "%2525": "%25"}.get(sent, sent)
    assert api.read(sent)["enrollmentId"] == decoded


@pytest.mark.parametrize("sent", ["x" * 256, "%00", "%FF", "a%0Ab"])
def test_a_bad_id_is_a_bad_request(api: Any, body: Any, sent: str) -> None:
    assert api("POST", f"/v1/enrollments/{sent}", json=body).status_code == 400


def test_an_encoded_slash_stays_within_the_id(api: Any, body: Any) -> None:
    api.create("one", body)
    assert api("PUT", "/v1/enrollments/one%2Ffinalize", json=body).status_code == 404
    assert api.read("one")["status"] == "IN_PROGRESS"
    api.create("one%2Ffinalize", body)
    assert api.read("one%2Ffinalize")["enrollmentId"] == "one/finalize"


def test_wrong_methods_and_paths_are_told_apart(api: Any) -> None:
    response = api("PATCH", "/v1/enrollments")
    assert (response.status_code, response.headers["allow"]) == (405, "POST")
    assert api("DELETE", f"{ONE}/finalize").status_code == 405
    assert api("GET", "/v2/enrollments/one").status_code == 404
    assert api("GET", "/v1/enrollments/").status_code == 404


def test_json_is_wanted_where_json_is_due(api: Any, body: Any) -> None:
    api.create("one", body)
    assert api("PATCH", ONE, json={}, headers={"Content-Type": "text/plain"}).status_code == 415
    for kind in ("application/merge-patch+json", "application/json; charset=utf-8", "Application/JSON"):
        assert api("PATCH", ONE, content=b"{}", headers={"Content-Type": kind}).status_code == 204


def test_a_body_over_the_limit_is_refused(make: Any, body: Any) -> None:
    api = make(largest_json=1000)
    body["biographicData"]["long"] = "x" * 1000
    assert api("POST", ONE, json=body).status_code == 413
    assert api("GET", ONE).status_code == 404


def test_a_body_of_unstated_length_over_the_limit_is_refused(make: Any, body: Any) -> None:
    async def pieces() -> Any:
        for _ in range(20):
            yield b" " * 100

    api = make(largest_json=1000)
    assert api("POST", ONE, content=pieces()).status_code == 413


def test_a_file_keeps_the_records(make: Any, body: Any, tmp_path: Any) -> None:
    first = make(database=tmp_path / "records.sqlite")
    first.create("one", body)
    first.app.close()
    assert make(database=tmp_path / "records.sqlite").read("one") == body | {"enrollmentId": "one"}


def test_a_fault_of_the_server_is_answered_with_an_error_object(make: Any, body: Any) -> None:
    class Broken(Enrollments):
        def existing(self, enrollment_id: str) -> Any:
            raise ZeroDivisionError

    response = make(parts={"enrollments": Broken})("GET", ONE)
    assert response.status_code == 500
    assert response.json()["code"] == 500


def test_settings_that_cannot_work_are_refused(make: Any) -> None:
    with pytest.raises(ValueError, match="jwt_key is missing"):
        make(jwt_key=None)
    with pytest.raises(ValueError, match=r"9\.9\.9"):
        make(interface_version="9.9.9")
    with pytest.raises(ValueError, match="not supported"):
        make(jwt_algorithm="none")


def test_a_file_that_is_no_database_is_refused(make: Any, tmp_path: Any) -> None:
    (tmp_path / "text").write_text("no database " * 100)
    for path in (tmp_path / "text", tmp_path / "missing" / "file"):
        with pytest.raises(OSError, match="cannot be used as a database"):
            make(database=path)
