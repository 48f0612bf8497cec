"""From 1.3.0 on: encrypted blocks, integrity blocks, credentials as documents, and partial bodies."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest

from tests.harness.interface_versions import since

ONE = "/v1/enrollments/one"
BLOCKS = ("biographicData", "contextualData", "requestData", "enrollmentFlags")
LATEST = since("1.3.0")
JWE = "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0..48V1_ALb6US04U3b.5eym8TW_c8SuK0ltJ3rpYIzOeDQz7TALvtu6UG9oMo4"
INTEGRITY = {
    "id": "all",
    "type": "JWS",
    "scope": "$.biographicData.firstName $.enrollmentType",
    "alg": "SHA256",
    "encrypted": False,
    "hash": "00ff",
    "signature": "eyJhbGciOiJFUzI1NiJ9..x",
    "signatureRef": "https://a.example/signature",
}


@pytest.fixture(params=LATEST)
def api(make: Any, request: pytest.FixtureRequest) -> Any:
    return make(interface_version=request.param)


@pytest.mark.parametrize("block", BLOCKS)
@pytest.mark.parametrize("value", [JWE, {"a": [1, {"b": None}]}, [{"a": 1}], 1.5, True, None, ""])
def test_an_extensible_block_may_be_any_value(api: Any, block: str, value: Any) -> None:
    api.create("one", {block: value})
    assert api.read("one")[block] == value
    assert api.read("one", attributes=[block])[block] == value


def test_encryption_and_integrity_blocks_are_answered_as_they_were_sent(api: Any) -> None:
    encryption = {"type": "PKCS7", "scope": " $.biographicData\t$.documentData[0].parts[*].data "}
    least = {"scope": "biographicData", "alg": "whatever", "hash": ""}
    part = {"data": "not base64", "encryption": encryption, "integrity": [INTEGRITY, least]}
    body = {
        "biographicData": JWE,
        "biometricData": [
            {
                "biometricType": "FACE",
                "image": JWE,
                "template": "not base64",
                "encryption": encryption,
                "integrity": [],
            }
        ],
        "documentData": [{"documentType": "OTHER", "parts": [part], "integrity": [least]}],
        "encryption": {"type": "JWE", "scope": "$.biographicData"},
        "integrity": [INTEGRITY, least, least],
    }
    api.create("one", body)
    assert api.read("one") == body | {"enrollmentId": "one", "status": "IN_PROGRESS"}
    assert api("PUT", f"{ONE}/finalize").status_code == 204
    assert api.read("one") == body | {"enrollmentId": "one", "status": "FINALIZED"}


def test_a_hash_still_verifies_over_what_is_answered(api: Any) -> None:
    def hashed(record: Any) -> str:
        # Plain ASCII strings: sorted members without white space are the canonical form (RFC 8785).
        scoped = {"biographicData": {"firstName": record["biographicData"]["firstName"]}}
        return hashlib.sha256(json.dumps(scoped, separators=(",", ":"), sort_keys=True).encode()).hexdigest()

    body: Any = {"biographicData": {"lastName": "doe", "firstName": "john"}}
    body["integrity"] = [{"scope": "$.biographicData.firstName", "alg": "SHA256", "hash": hashed(body), "type": "NONE"}]
    api.create("one", body)
    answered = api.read("one")
    assert answered["integrity"] == body["integrity"]
    assert answered["integrity"][0]["hash"] == hashed(answered)


@pytest.mark.parametrize(
    "fault",
    [
        {"encryption": {"type": "JWE"}},
        {"encryption": {"scope": "$"}},
        {"encryption": {"type": "AES", "scope": "$"}},
        {"encryption": {"type": "JWE", "scope": "$", "x": 1}},
        {"encryption": [{"type": "JWE", "scope": "$"}]},
        {"integrity": {"scope": "$", "alg": "SHA256", "hash": "00"}},
        {"integrity": [{"alg": "SHA256", "hash": "00"}]},
        {"integrity": [{"scope": "$", "hash": "00"}]},
        {"integrity": [{"scope": "$", "alg": "SHA256"}]},
        {"integrity": [INTEGRITY | {"type": "PGP"}]},
        {"integrity": [INTEGRITY | {"encrypted": "yes"}]},
        {"integrity": [INTEGRITY | {"followRef": "yes"}]},
        {"integrity": [INTEGRITY | {"signatureRef": "no scheme"}]},
        {"integrity": [INTEGRITY | {"x": 1}]},
    ],
)
def test_a_block_that_breaks_its_schema_is_refused(api: Any, fault: Any) -> None:
    assert api("POST", ONE, json=fault).status_code == 400
    api.create("one", {"encryption": {"type": "JWE", "scope": "$.image"}, "integrity": [INTEGRITY]})
    before = api.read("one")
    assert api("PUT", ONE, json=fault).status_code == 400
    assert api.read("one") == before


def test_follow_ref_belongs_to_1_3_0_alone(make: Any) -> None:
    following = {"integrity": [INTEGRITY | {"followRef": True}]}
    codes = {version: make(interface_version=version)("POST", ONE, json=following).status_code for version in LATEST}
    assert codes == {version: 204 if version == "1.3.0" else 400 for version in LATEST}


def test_the_partial_bodies_of_the_standards_examples_are_merged(api: Any) -> None:
    api.create(
        "one",
        {"enrollmentType": "citizen", "biographicData": {"gender": "M", "nationality": "DEU", "age": 1}},
    )
    documents = [{"documentType": "ID_CARD", "parts": [{"data": "VC DATA", "mimeType": "application/vc"}]}]
    for patch in ({"biographicData": {"gender": None, "nationality": "FRA"}}, {"documentData": documents}):
        response = api("PATCH", ONE, json=patch, headers={"Content-Type": "application/json"})
        assert (response.status_code, response.content) == (204, b"")
    assert api.read("one") == {
        "enrollmentId": "one",
        "status": "IN_PROGRESS",
        "enrollmentType": "citizen",
        "biographicData": {"nationality": "FRA", "age": 1},
        "documentData": documents,
    }


def test_a_credential_is_a_documents_data(api: Any) -> None:
    credential = {"@context": ["https://www.w3.org/ns/credentials/v2"], "type": ["VerifiableCredential"]}
    part = {"data": json.dumps(credential), "mimeType": "application/vc"}
    body = {"documentData": [{"documentType": "BIRTH_CERTIFICATE", "parts": [part]}]}
    api.create("one", body)
    assert api.read("one")["documentData"] == body["documentData"]


def test_a_patch_can_encrypt_a_block_and_open_it_again(api: Any) -> None:
    api.create("one", {"biographicData": {"firstName": "john"}})
    sent = [{"attributeName": "firstName", "operator": "=", "value": "john"}]
    assert api("PATCH", ONE, json={"biographicData": JWE}).status_code == 204
    assert api.read("one")["biographicData"] == JWE
    assert api("POST", "/v1/enrollments", json=sent).json() == []
    assert api("PATCH", ONE, json={"biographicData": {"firstName": "john"}}).status_code == 204
    assert api.read("one")["biographicData"] == {"firstName": "john"}
    assert api("POST", "/v1/enrollments", json=sent).json() == [api.read("one")]
