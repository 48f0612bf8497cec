"""Integrity blocks (from 1.3.0): stored and answered so that what they protect still verifies (RUL-INTEGRITY)."""

import pytest

from osia_conformance.checks import (
    SUCCESS,
    NotJson,
    cannot_tell,
    expect,
    expect_holds,
    expect_status,
    format_value,
    precondition,
    requirement,
)
from osia_conformance.checks.enrollment import (
    INTEGRITY_OWNERS,
    SIGNERS,
    accepted_in_any_form,
    block_of_plain_texts,
    broken_hashes,
    create_in_any_form,
    created_in_any_form,
    expect_schema_fact,
    in_form_of,
    integrity_block,
    integrity_blocks,
    node_of_schema,
    other_member,
    read_and_found_in_any_form,
    records_in,
    signature_verifies,
    with_hashes,
    with_integrity,
    with_node_changed,
)

OTHER_MEMBERS = {
    "SIGNATUREREF": {"type": "PKCS7", "signatureRef": "http://127.0.0.1/signature?id=3"},
    "FOLLOWREF": {"followRef": True},
}
FACTS = [f"INTEGRITY-{keyword}" for keyword in ("TYPE", "REQUIRED", "ENUM", "FORMAT", "ADDITIONALPROPERTIES")]
LOCAL = "biometricData[*].integrity[?@.id=='1'].hash documentData[*].integrity[?@.id=='1'].hash"


def read_back(enrollment):
    """Return an enrollment as it is answered, and the answer that shows it."""
    response = precondition(enrollment.read())
    try:
        return response.json(), response
    except NotJson:
        cannot_tell("readEnrollment, needed first, answered no JSON")


def expect_verified(owner, response):
    """Judge that there are integrity blocks in an answered object, and that each hash is the one of the object."""
    blocks = integrity_blocks(owner) or cannot_tell("no integrity block was answered")
    broken = broken_hashes(owner, blocks)
    expect(not broken, "hashes that verify on what is answered", "; ".join(broken), response)


@requirement("ENR-INTEGRITY-01-{schema}")
@pytest.mark.parametrize("schema", INTEGRITY_OWNERS)
def test_the_blocks_are_answered(enrollments, schema):
    body = with_hashes(enrollments.canonical(), schema)
    enrollment, taken, response = create_in_any_form(enrollments, body, "an integrity block")
    expect_status(response, SUCCESS)
    record, shown = enrollment.shown()
    sent, got = (node_of_schema(each, schema) for each in (taken, record))
    expect_holds({"integrity": sent["integrity"]}, got, shown, f"the integrity of {schema}")


@requirement("ENR-INTEGRITY-02")
@pytest.mark.parametrize("schema", INTEGRITY_OWNERS)
def test_the_hashes_verify(enrollments, schema):
    enrollment, _ = created_in_any_form(enrollments, with_hashes(enrollments.canonical(), schema))
    record, response = read_back(enrollment)
    expect_verified(node_of_schema(record, schema), response)


@requirement("ENR-INTEGRITY-03")
def test_a_hash_over_other_hashes_verifies(enrollments):
    body = with_hashes(enrollments.canonical(), "BIOMETRICDATA", "DOCUMENTDATA")
    body = with_integrity(body, integrity_block(body, "enrollmentType", LOCAL))
    record, response = read_back(created_in_any_form(enrollments, body)[0])
    for schema in ("BIOMETRICDATA", "DOCUMENTDATA", "ENROLLMENT"):
        expect_verified(node_of_schema(record, schema), response)


def later(enrollments):
    """Return an enrollment that holds blocks, and a body with another name and the blocks that are right then."""
    enrollment, taken = created_in_any_form(enrollments, with_hashes(enrollments.canonical(), "ENROLLMENT"))
    return enrollment, in_form_of(taken, with_hashes(enrollments.canonical(**other_member(enrollments)), "ENROLLMENT"))


@requirement("ENR-INTEGRITY-04-UPDATE")
def test_the_blocks_of_an_update_are_answered_and_verify(enrollments):
    enrollment, body = later(enrollments)
    precondition(enrollment.update(body))
    record, response = enrollment.shown()
    sent = [each["hash"] for each in body["integrity"]]
    now = [each for each in integrity_blocks(record) if each.get("hash") in sent]
    expect(
        len(now) == len(sent), "the integrity blocks that were sent", f"{len(now)} of {len(sent)} are there", response
    )
    expect_verified({**record, "integrity": now}, response)


@requirement("ENR-INTEGRITY-04-PATCH")
def test_the_blocks_of_a_patch_replace_those_before_and_verify(enrollments):
    enrollment, body = later(enrollments)
    patch = {"biographicData": other_member(enrollments), "integrity": body["integrity"]}
    precondition(enrollment.patch(patch))
    record, response = enrollment.shown()
    expect_holds({"integrity": body["integrity"]}, record, response, "the list of integrity blocks")
    expect_verified(record, response)


@requirement("ENR-INTEGRITY-05")
def test_the_blocks_that_a_search_answers_are_those_that_were_sent(enrollments):
    enrollment, body = created_in_any_form(enrollments, with_hashes(enrollments.canonical(), *INTEGRITY_OWNERS))
    if not enrollments.eventually_found([enrollment], judged=False):
        cannot_tell("the enrollment is not found")
    _, response = enrollments.found()
    [record, *_] = records_in(response) or cannot_tell("the enrollment is not found again")
    for schema in INTEGRITY_OWNERS:
        sent, got = (node_of_schema(each, schema) for each in (body, record))
        # What a search leaves out of an enrollment is free.
        if integrity_blocks(got):
            expect_holds({"integrity": sent["integrity"]}, got, response, f"the integrity of {schema}")


@requirement("ENR-INTEGRITY-06-{form}")
@pytest.mark.parametrize("form", SIGNERS)
def test_a_signature_is_answered(enrollments, form):
    body = enrollments.canonical()
    signed = SIGNERS[form](block_of_plain_texts(body))
    bodies = {f"a block signed as {form}": with_integrity(body, signed)}
    for _, enrollment, _, _ in accepted_in_any_form(enrollments, bodies):
        record, response = enrollment.shown()
        [got, *_] = integrity_blocks(record) or cannot_tell("no integrity block was answered")
        signature = got.get("signature")
        text = signature if isinstance(signature, str) else ""
        same = signature_verifies(got, text) if form == "JWS" else text.split() == signed["signature"].split()
        expect(same, f"a signature ({form}) of {signed['hash'][:16]}…", f"it is {format_value(signature)}", response)


@requirement("ENR-INTEGRITY-07-{member}")
@pytest.mark.parametrize("member", OTHER_MEMBERS)
def test_other_members_of_a_block_are_answered(enrollments, member):
    def guard(owner):
        return with_integrity(owner, {**block_of_plain_texts(owner), **OTHER_MEMBERS[member]})

    body = with_node_changed(enrollments.canonical(), "BIOMETRICDATA", guard)
    for _, enrollment, taken, _ in accepted_in_any_form(enrollments, {f"a block with {member}": body}):
        record, response = enrollment.shown()
        sent, got = (node_of_schema(each, "BIOMETRICDATA") for each in (taken, record))
        expect_holds({"integrity": sent["integrity"]}, got, response, "the integrity block")


@requirement("ENR-ANSWER-{fact}")
@pytest.mark.parametrize("fact", FACTS)
def test_answered_blocks_keep_to_the_schema(enrollments, once, fact):
    def fetched():
        bodies = {"an enrollment with integrity blocks": with_hashes(enrollments.canonical(), *INTEGRITY_OWNERS)}
        return read_and_found_in_any_form(enrollments, bodies)

    expect_schema_fact(enrollments, fact, once("answers with integrity blocks", fetched))
