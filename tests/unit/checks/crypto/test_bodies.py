"""Which members our blocks cover, and where they stand in an enrollment."""

from osia_conformance.checks.crypto.bodies import (
    INTEGRITY_OWNERS,
    node_of_schema,
    plain_texts,
    with_hashes,
    with_node_changed,
)
from osia_conformance.checks.crypto.integrity import broken_hashes, integrity_blocks
from osia_conformance.standard.specification import load_specification
from osia_conformance.target.enrollment.payloads import Payloads
from tests.harness.interface_versions import NEWEST


def canonical():
    return Payloads(load_specification(NEWEST)).canonical("osiaabcdefghabcdefghij")


def test_only_text_in_one_form_is_covered():
    body = canonical()
    texts = plain_texts(body)
    assert {"enrollmentType", "biographicData.lastName", "biographicData.gender"} <= set(texts)
    assert not {"biographicData.firstName", "biographicData.dateOfBirth", "status"} & set(texts)
    assert plain_texts({"image": "eA==", "a-b": "x", "when": "2020-07-01", "width": 3, "vendor": "y"}) == ["vendor"]


def test_encrypted_biographics_are_no_reason_to_stumble():
    assert plain_texts({"biographicData": "ciphertext"}) == ["biographicData"]


def test_each_object_that_can_hold_blocks_holds_two_that_verify():
    plain = canonical()
    body = with_hashes(plain, *INTEGRITY_OWNERS)
    for schema in INTEGRITY_OWNERS:
        owner = node_of_schema(body, schema)
        assert [(each["id"], each["alg"]) for each in integrity_blocks(owner)] == [("1", "SHA256"), ("2", "SHA512")]
        assert broken_hashes(owner, integrity_blocks(owner)) == []
        assert integrity_blocks(node_of_schema(plain, schema)) == []


def test_what_is_not_answered_is_an_empty_object():
    records = ({}, {"documentData": []}, None, {"documentData": 1})
    assert [node_of_schema(record, "DOCUMENTPART") for record in records] == [{}] * 4
    assert with_node_changed({"documentData": [{"parts": [{}]}]}, "DOCUMENTPART", lambda owner: {"a": 1}) == {
        "documentData": [{"parts": [{"a": 1}]}]
    }
