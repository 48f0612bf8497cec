"""What differs between the interface versions: codes, bodies, and what an enrollment may hold."""

from __future__ import annotations

from typing import Any

import pytest

from osia_reference import Server
from osia_reference.enrollments import Enrollments
from osia_reference.replies import Refusal
from tests.harness.interface_versions import since

ONE = "/v1/enrollments/one"
CLOSED = pytest.mark.parametrize("version", since("1.1.0"))
READ_ONLY = pytest.mark.parametrize("version", since("1.2.0"))
OLDEST = "1.0.0"


def test_create_answers_as_its_version_says(any_api: Any, any_body: Any, version: str) -> None:
    response = any_api("POST", ONE, json=any_body)
    if version == OLDEST:
        assert (response.status_code, response.json()) == (201, {"enrollmentId": "one"})
    else:
        assert (response.status_code, response.content) == (204, b"")
    assert any_api.read("one") == any_body | {"enrollmentId": "one", "status": "IN_PROGRESS"}


@pytest.mark.parametrize(
    ("version", "code"),
    [("1.0.0", 409), ("1.1.0", 404), ("1.2.0", 404), *((version, 409) for version in since("1.2.1"))],
)
def test_an_id_that_is_taken_is_refused_with_the_code_that_the_version_has(
    any_api: Any, any_body: Any, code: int
) -> None:
    any_api.create("one", any_body)
    assert any_api("POST", ONE, json=any_body | {"enrollmentType": "other"}).status_code == code
    assert any_api.read("one")["enrollmentType"] == "citizen"


def test_each_version_leads_through_all_operations(any_api: Any, any_body: Any) -> None:
    any_api.create("one", any_body)
    assert any_api("PUT", ONE, json=any_body | {"enrollmentType": "visitor"}).status_code == 204
    assert any_api("PATCH", ONE, json={"biographicData": {"firstName": "jack"}}).status_code == 204
    sent = any_api("POST", f"{ONE}/buffer", content=b"x")
    assert any_api("GET", f"{ONE}/buffer/{sent.json()['bufferId']}").content == b"x"
    assert any_api("PUT", f"{ONE}/finalize").status_code == 204
    record = any_api.read("one")
    assert (record["status"], record["enrollmentType"]) == ("FINALIZED", "visitor")
    assert record["biographicData"]["firstName"] == "jack"
    expression = {"attributeName": "firstName", "operator": "=", "value": "jack"}
    assert any_api("POST", "/v1/enrollments", json=[expression]).json() == [record]
    assert any_api("DELETE", ONE).status_code == 204
    assert any_api("GET", ONE).status_code == 404
    assert any_api("POST", "/v1/enrollments", json=[expression]).json() == []


def test_delete_and_find_of_what_is_unknown(any_api: Any) -> None:
    assert any_api("DELETE", ONE).status_code == 404
    expression = {"attributeName": "firstName", "operator": "=", "value": "nobody"}
    response = any_api("POST", "/v1/enrollments", json=[expression])
    assert (response.status_code, response.json()) == (200, [])


@pytest.mark.parametrize(
    ("method", "path", "sent"),
    [
        ("POST", ONE, {"content": b"{"}),
        ("GET", ONE, {"transaction": False}),
        ("PUT", ONE, {"json": []}),
        ("PATCH", ONE, {"json": {"biometricData": "x"}}),
        ("DELETE", ONE, {"transaction": False}),
        ("PUT", f"{ONE}/finalize", {"transaction": False}),
        ("POST", "/v1/enrollments", {"json": {}}),
        ("POST", f"{ONE}/buffer", {"transaction": False, "content": b"x"}),
        ("GET", f"{ONE}/buffer/x", {"transaction": False}),
    ],
)
def test_a_bad_request_has_an_error_body_of_code_and_message_only(
    any_api: Any, any_body: Any, method: str, path: str, sent: Any
) -> None:
    if method != "POST":
        any_api.create("one", any_body)
    response = any_api(method, path, **sent)
    assert response.status_code == 400
    assert response.headers["content-type"] == "application/json"
    assert set(response.json()) == {"code", "message"}
    assert response.json()["code"] == 400


SPARSE: dict[str, list[Any]] = {
    "1.0.0": [{}, {"enrollmentType": "t"}, {"status": "IN_PROGRESS", "enrollmentType": "t"}],
    "1.1.0": [{}, {"status": "IN_PROGRESS", "biometricData": []}],
}


@pytest.mark.parametrize(("version", "sent"), [(v, sent) for v, all_ in SPARSE.items() for sent in all_])
def test_what_a_body_must_hold_is_missed(any_api: Any, sent: Any) -> None:
    assert any_api("POST", ONE, json=sent).status_code == 400
    assert any_api("GET", ONE).status_code == 404


@pytest.mark.parametrize(
    ("version", "sent"),
    [
        ("1.0.0", {"status": "IN_PROGRESS", "enrollmentType": "t", "biometricData": []}),
        ("1.1.0", {"enrollmentType": "t"}),
        *((version, {}) for version in since("1.2.0")),
    ],
)
def test_what_a_body_must_hold_suffices(any_api: Any, sent: Any) -> None:
    for method in ("POST", "PUT"):
        any_api(method, ONE, json=sent)
        assert any_api.read("one") == sent | {"enrollmentId": "one", "status": "IN_PROGRESS"}


@READ_ONLY
def test_read_only_members_that_agree_are_tolerated(any_api: Any, any_body: Any) -> None:
    full = any_body | {"enrollmentId": "one", "status": "IN_PROGRESS"}
    any_api.create("one", full)
    assert any_api("PUT", ONE, json=full).status_code == 204
    assert any_api("PATCH", ONE, json={"enrollmentId": "one", "status": "IN_PROGRESS"}).status_code == 204
    assert any_api.read("one") == full


@READ_ONLY
def test_read_only_members_are_not_changed_by_a_request(any_api: Any, any_body: Any) -> None:
    any_api.create("one", any_body | {"status": "FINALIZED"})
    for change in ({"status": "FINALIZED"}, {"status": None}, {"enrollmentId": None}):
        assert any_api("PATCH", ONE, json=change).status_code == 204
        assert any_api.read("one") == any_body | {"enrollmentId": "one", "status": "IN_PROGRESS"}
    assert any_api("PATCH", ONE, json={"enrollmentId": "two"}).status_code == 400
    assert any_api("PATCH", ONE, json={"status": "DONE"}).status_code == 400


UNKNOWN: dict[str, Any] = {
    "at the top": lambda body: body.update(surprise=1),
    "in biometricData": lambda body: body["biometricData"][0].update(surprise=1),
    "in documentData": lambda body: body["documentData"][0].update(surprise=1),
    "in a part": lambda body: body["documentData"][0]["parts"][0].update(surprise=1),
}


@pytest.mark.parametrize("place", UNKNOWN)
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
def test_an_unknown_member_is_refused_where_the_version_closes_its_objects(
    any_api: Any, any_body: Any, version: str, method: str, place: str
) -> None:
    if method != "POST":
        any_api.create("one", any_body)
        before = any_api.read("one")
    UNKNOWN[place](any_body)
    response = any_api(method, ONE, json=any_body)
    if version == OLDEST:
        assert response.status_code in {201, 204}
        assert any_api.read("one").items() >= any_body.items()
    else:
        assert response.status_code == 400
        assert any_api("GET", ONE).status_code == (404 if method == "POST" else 200)
        assert method == "POST" or any_api.read("one") == before


def test_an_unknown_member_of_an_expression_is_refused_where_it_is_closed(any_api: Any, version: str) -> None:
    sent = {"attributeName": "a", "operator": "=", "value": "b", "surprise": 1}
    expected = 200 if version == OLDEST else 400
    assert any_api("POST", "/v1/enrollments", json=[sent]).status_code == expected


@CLOSED
def test_the_extensible_blocks_stay_open(any_api: Any, any_body: Any) -> None:
    more = {"urn:oid:2.5.4.4": {"deep": [1, None]}}
    for name in ("biographicData", "contextualData"):
        any_body[name] |= more
    for name in ("requestData", "enrollmentFlags"):
        block = any_body[name]
        (block[0] if isinstance(block, list) else block).update(more)
    any_api.create("one", any_body)
    assert any_api.read("one").items() >= any_body.items()


@pytest.mark.parametrize("name", ["requestData", "enrollmentFlags"])
def test_flags_and_request_data_have_the_shape_of_their_version(
    any_api: Any, any_body: Any, version: str, name: str
) -> None:
    block = any_body[name]
    any_body[name] = block[0] if isinstance(block, list) else [block]
    response = any_api("POST", ONE, json=any_body)
    # From 1.3.0 on the blocks have no type.
    assert response.status_code == (204 if version in since("1.3.0") else 400)


@pytest.mark.parametrize("name", ["requestType", "timeout", "enrollmentDate", "firstName"])
def test_members_of_all_blocks_are_found_in_either_shape(any_api: Any, any_body: Any, version: str, name: str) -> None:
    values = {"requestType": "IDCARD_ISSUANCE", "timeout": 3600, "firstName": "john"}
    if name == "enrollmentDate" and version == OLDEST:
        any_body["contextualData"] = {"enrollmentDate": "2019-01-11"}
    any_api.create("one", any_body)
    sent = {"attributeName": name, "operator": "=", "value": values.get(name, "2019-01-11")}
    assert [each["enrollmentId"] for each in any_api("POST", "/v1/enrollments", json=[sent]).json()] == ["one"]
    assert any_api("POST", "/v1/enrollments", json=[sent | {"operator": "<"}]).json() == []


def test_members_of_all_blocks_can_be_asked_for_in_either_shape(any_api: Any, any_body: Any) -> None:
    any_api.create("one", any_body)
    answered = any_api.read("one", attributes=["requestType", "timeout", "contextualData"])
    whole = any_api.read("one")
    assert set(answered) - {"contextualData"} == {
        "enrollmentId",
        "status",
        "requestData",
        "enrollmentFlags",
    }
    assert answered.get("contextualData") == whole.get("contextualData")
    assert answered["requestData"] in (
        {"requestType": "IDCARD_ISSUANCE"},
        [{"requestType": "IDCARD_ISSUANCE"}],
    )
    assert type(answered["requestData"]) is type(whole["requestData"])


def test_a_class_that_differs_goes_with_every_version(make: Any, any_body: Any, version: str) -> None:
    class Renaming(Server):
        async def perform(self, call: Any) -> Any:
            if call.operation.name in ("sendBuffer", "getBuffer"):
                raise Refusal(403, "No buffers here.")
            return await super().perform(call)

    class Final(Enrollments):
        def find(self, expressions: Any) -> Any:
            return super().find(expressions)[:1]

    api = make(parts={"server": Renaming, "enrollments": Final}, interface_version=version)
    api.create("one", any_body)
    api.create("two", any_body)
    assert api("POST", f"{ONE}/buffer", content=b"x").status_code == 403
    assert api("GET", f"{ONE}/buffer/x").status_code == 403
    assert [each["enrollmentId"] for each in api("POST", "/v1/enrollments", json=[]).json()] == ["one"]


def test_a_file_of_another_version_is_refused(make: Any, version: str) -> None:
    other = "1.1.0" if version == "1.0.0" else "1.0.0"
    file = make(interface_version=other).app.settings.specification
    with pytest.raises(ValueError, match=f"not of version {version}"):
        make(interface_version=version, specification=file)
