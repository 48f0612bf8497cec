"""What is asked wrongly is refused: parameters, bodies, ids, paths, media types and sizes."""

from __future__ import annotations

from typing import Any

import pytest

ONE = "/v1/enrollments/one"


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
