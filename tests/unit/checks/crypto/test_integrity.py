"""Integrity blocks: the worked examples of the standard (OSIA 7.1, Confidentiality and Integrity), and ours."""

import json

import pytest
from cryptography.hazmat.primitives.serialization import pkcs7
from joserfc import jws

from osia_conformance.checks.crypto import integrity
from osia_conformance.checks.crypto.keys import own_keys
from osia_conformance.checks.crypto.scope import limited, places

FINGER_HASH = "7a0f87b0ebb9236486f32d0f19fb560af06e74ba2a0b1202c167453471113787"
FORM_HASH = "af91f5af01fe20f57ad56edf5a9cdf1d4e003f6202fd5c19393a0ed7b543310b"
GLOBAL = (
    "biographicData.firstName biographicData.lastName "
    "biometricData[*].integrity[?@.id=='1'].hash documentData[*].integrity[?@.id=='1'].hash"
)


def finger():
    return {
        "vendor": "SIA",
        "image": "SU1BR0UgQlVGRkVSIEJBU0U2NCBFTkNPREVE",
        "biometricSubType": "RIGHT_INDEX",
        "biometricType": "FINGER",
    }


def form():
    first = {"mimeType": "application/pdf", "pages": [1, 2], "data": "c3RyaW5n"}
    second = {"data": "c3RyaW5n", "pages": [3], "captureDate": "2019-05-21T12:00:00+02:00"}
    return {"parts": [first, second], "documentType": "FORM"}


def identity():
    return {
        "status": "CLAIMED",
        "biographicData": {"lastName": "Smith", "firstName": "Alice", "dateOfBirth": "1987-11-30"},
        "biometricData": [{**finger(), "integrity": [{"id": "0", "hash": "other"}, {"id": "1", "hash": FINGER_HASH}]}],
        "documentData": [{**form(), "integrity": [{"id": "1", "hash": FORM_HASH}]}],
    }


@pytest.mark.parametrize(
    ("owner", "scope", "expected"),
    [
        (finger(), "image biometricType biometricSubType", FINGER_HASH),
        (form(), "documentType parts[*].pages parts[*].data", FORM_HASH),
    ],
    ids=["the biometric", "the document"],
)
@pytest.mark.parametrize("prefix", ["", "$."], ids=["as in the examples", "as in RFC 9535"])
def test_the_standards_worked_hashes(owner, scope, expected, prefix):
    paths = " \t".join(prefix + path for path in scope.split())
    assert integrity.hash_of(owner, paths, "SHA256") == expected


def test_the_standards_global_scope_over_the_hashes_of_other_blocks():
    assert json.loads(integrity.canonical_text(identity(), GLOBAL)) == {
        "biographicData": {"firstName": "Alice", "lastName": "Smith"},
        "biometricData": [{"integrity": [{"hash": FINGER_HASH}]}],
        "documentData": [{"integrity": [{"hash": FORM_HASH}]}],
    }
    assert integrity.canonical_text(identity(), GLOBAL).startswith(b'{"biographicData":{"firstName":"Alice",')


def test_an_externalized_image_is_hashed_by_its_reference():
    owner = {"biometricType": "FINGER", "imageRef": "https://myserver.com/?id=123"}
    assert integrity.canonical_text(owner, "imageRef") == b'{"imageRef":"https://myserver.com/?id=123"}'


@pytest.mark.parametrize("path", ["@.a", "a[", "a[']", "a.", "$$", "~", "/a", "^", "a[?@.b==]", "a[01]", "\0"])
def test_what_is_no_path_is_said(path):
    with pytest.raises(ValueError, match="no JSONPath that is read here"):
        places({"a": [1]}, path)


@pytest.mark.parametrize(
    "path",
    ["a..b", "a[0,0]", "a[?$.a[0]==1]", "a[?length(@)==1]", "a[?search(@,'(a+)+$')]", "a[?@[?@[?@[?@]]]]", "a" * 600],
)
def test_a_path_that_a_server_could_make_endless_is_not_read(path):
    with pytest.raises(ValueError, match="no JSONPath that is read here"):
        places({"a": [1]}, path)


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("a[?@.id=='1'].b", [("a", 0, "b")]),
        ('$.a[?@.id=="2"].b', [("a", 1, "b")]),
        ("['a'][*]['b']", [("a", 0, "b"), ("a", 1, "b")]),
        ("a[0:1].b", [("a", 0, "b")]),
        ("a[-1].b", [("a", 1, "b")]),
        ("a[?@.b>2].id", [("a", 1, "id")]),
        ("b.none", []),
    ],
)
def test_a_path_of_rfc_9535_is_read(path, found):
    assert places({"a": [{"id": "1", "b": 2}, {"id": "2", "b": 3}], "b": "text"}, path) == found


def test_the_whole_object_and_missing_nodes():
    assert limited({"a": [1]}, places({"a": [1]}, "$")) == {"a": [1]}
    assert places({"a": [{"b": 1}, 2]}, "a[*].b c a.b") == [("a", 0, "b")]


@pytest.mark.parametrize("alg", integrity.ALGORITHMS)
def test_a_block_of_ours_verifies_until_a_covered_member_changes(alg):
    owner = finger()
    block = integrity.integrity_block(owner, "biometricType", "biometricSubType", alg=alg)
    assert integrity.broken_hashes({**owner, "vendor": "other"}, [block]) == []
    [status_phrase] = integrity.broken_hashes({**owner, "biometricType": "IRIS"}, [block])
    assert f'{alg} over "biometricType biometricSubType"' in status_phrase


@pytest.mark.parametrize("change", [{"scope": None}, {"alg": "MD5"}, {"hash": "AB"}, {"scope": "a[1]"}])
def test_a_damaged_block_does_not_verify(change):
    owner = finger()
    block = {**integrity.integrity_block(owner, "vendor"), **change}
    assert integrity.broken_hashes(owner, [block])
    assert integrity.broken_hashes(owner, [{"id": "1"}])


def test_blocks_are_seen_where_there_are_some():
    block = integrity.integrity_block(finger(), "vendor")
    assert integrity.integrity_blocks(integrity.with_integrity(finger(), block)) == [block]
    assert integrity.integrity_blocks({"integrity": [block, "text"]}) == [block]
    assert [integrity.integrity_blocks(owner) for owner in ({}, {"integrity": {}}, "text", None)] == [[], [], [], []]


def test_a_jws_signs_the_hash_and_leaves_it_out():
    block = integrity.signed_as_jws(integrity.integrity_block(finger(), "vendor"))
    head, payload, _ = block["signature"].split(".")
    assert (block["type"], payload) == ("JWS", "")
    assert integrity.signature_verifies(block, block["signature"])
    assert integrity.signature_verifies(
        block, jws.serialize_compact({"alg": "RS256"}, block["hash"], own_keys().jwk, ["RS256"])
    )
    assert not integrity.signature_verifies({**block, "hash": "00"}, block["signature"])
    assert not integrity.signature_verifies(block, f"{head}..{'A' * 342}")
    assert not integrity.signature_verifies(block, "no signature")


def test_a_pkcs7_signature_is_pem_and_names_our_certificate():
    block = integrity.signed_as_pkcs7(integrity.integrity_block(finger(), "vendor"))
    assert block["type"] == "PKCS7"
    certificates = pkcs7.load_pem_pkcs7_certificates(block["signature"].encode())
    assert certificates == [own_keys().certificate]
