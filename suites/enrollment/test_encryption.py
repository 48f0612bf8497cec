"""Encrypted parts (from 1.3.0): stored and answered so that they still decrypt (RUL-ENCRYPTION)."""

import pytest

from osia_conformance.checks import (
    Inapplicable,
    Violation,
    cannot_tell,
    differences,
    expect,
    expect_holds,
    precondition,
    requirement,
)
from osia_conformance.checks.enrollment import (
    ENCRYPTION_FORMATS,
    EXTENSIBLE_BLOCKS,
    UndecipherableError,
    accepted_in_any_form,
    base64_png,
    broken_hashes,
    decrypted_buffer,
    decrypted_bytes,
    decrypted_node,
    encrypted_buffer,
    encrypted_node,
    expect_one_accepted,
    expect_schema_fact,
    integrity_block,
    integrity_blocks,
    labels_accepted_in_clear,
    node_of_schema,
    plain_texts,
    png,
    read_and_found_in_any_form,
    with_encryption,
    with_integrity,
    with_node_changed,
)

BUFFERS = {"image": "BIOMETRICDATA", "template": "BIOMETRICDATA", "data": "DOCUMENTPART"}
"""The members that hold a buffer by value, and the schema whose member each is."""
DATA = png()
FACTS = [f"ENCRYPTION-{keyword}" for keyword in ("TYPE", "REQUIRED", "ENUM", "ADDITIONALPROPERTIES")]


def open_blocks(enrollments):
    """Return those of the blocks that the profile does not close to strings; Inapplicable if it closes all."""
    blocks, plain = enrollments.payloads.profile.blocks, enrollments.canonical()
    names = [name for name in EXTENSIBLE_BLOCKS if name in plain and blocks[name].fits("ciphertext")]
    if not names:
        raise Inapplicable("the profile has schemas for these blocks that no encrypted one fits")
    return names


def with_blocks(enrollments, kind):
    """Return an enrollment for each extensible block, with just that one encrypted."""
    plain = enrollments.canonical()
    names = open_blocks(enrollments)
    return {name: with_encryption(plain, kind, **{name: encrypted_node(kind, plain[name])}) for name in names}


def with_buffer(enrollments, member, value, kind=None):
    """Return an enrollment with one buffer by value; with `kind` the block that says it is encrypted, too."""

    def put(owner):
        return with_encryption(owner, kind, **{member: value}) if kind else {**owner, member: value}

    return with_node_changed(enrollments.canonical(), BUFFERS[member], put)


def with_buffers(enrollments, kind):
    """Return an enrollment for each member that holds a buffer, which is encrypted there."""
    return {member: with_buffer(enrollments, member, encrypted_buffer(kind, DATA), kind) for member in BUFFERS}


def opened(decrypt, kind, value, response):
    """Return what a value was encrypted from; what does not decrypt breaks the requirement."""
    try:
        return decrypt(kind, value)
    except UndecipherableError as error:
        raise Violation(f"a value that decrypts ({kind})", f"it does not: {error}", response) from error


@requirement("ENR-ENCRYPTION-01-{kind}")
@pytest.mark.parametrize("kind", ENCRYPTION_FORMATS)
def test_a_block_may_be_encrypted(enrollments, kind):
    bodies = with_blocks(enrollments, kind)
    for _, enrollment, sent, _ in expect_one_accepted(enrollments, bodies):
        expect_holds({"encryption": sent["encryption"]}, *enrollment.shown(), "the encryption block")


@requirement("ENR-ENCRYPTION-02")
@pytest.mark.parametrize("kind", ENCRYPTION_FORMATS)
def test_an_encrypted_block_decrypts(enrollments, kind):
    plain = enrollments.canonical()
    for name, enrollment, _, _ in accepted_in_any_form(enrollments, with_blocks(enrollments, kind)):
        record, shown = enrollment.shown()
        found = opened(decrypted_node, kind, record.get(name), shown)
        expect(found == plain[name], f"{name} as it was encrypted", "it holds something else", shown)


@requirement("ENR-ENCRYPTION-03-{kind}")
@pytest.mark.parametrize("kind", ENCRYPTION_FORMATS)
def test_a_buffer_by_value_may_be_encrypted(enrollments, kind):
    clear = {member: with_buffer(enrollments, member, base64_png()) for member in BUFFERS}
    bodies = with_buffers(enrollments, kind)
    open_to = {member: bodies[member] for member in labels_accepted_in_clear(enrollments, clear)}
    for member, enrollment, body, _ in expect_one_accepted(enrollments, open_to):
        record, shown = enrollment.shown()
        sent, got = (node_of_schema(each, BUFFERS[member]) for each in (body, record))
        expect_holds({"encryption": sent["encryption"]}, got, shown, f"the encryption block of {member}")


@requirement("ENR-ENCRYPTION-04")
@pytest.mark.parametrize("kind", ENCRYPTION_FORMATS)
def test_an_encrypted_buffer_by_value_decrypts(enrollments, kind):
    bodies = with_buffers(enrollments, kind)
    for member, enrollment, _, _ in accepted_in_any_form(enrollments, bodies):
        record, shown = enrollment.shown()
        found = opened(decrypted_buffer, kind, node_of_schema(record, BUFFERS[member]).get(member), shown)
        expect(found == DATA, f"{member} as it was encrypted", "it holds other bytes", shown)


@requirement("ENR-ENCRYPTION-05")
@pytest.mark.parametrize("kind", ENCRYPTION_FORMATS)
def test_an_encrypted_buffer_sent_apart_decrypts(enrollments, kind):
    enrollment = enrollments.created()
    buffer = enrollment.keep_buffer(ENCRYPTION_FORMATS[kind].encrypt(DATA))
    response = precondition(enrollment.read_buffer(buffer))
    found = opened(decrypted_bytes, kind, response.body, response)
    expect(found == DATA, "the buffer as it was encrypted", "it holds other bytes", response)


@requirement("ENR-ENCRYPTION-06")
def test_the_reference_to_an_encrypted_buffer_stays_in_clear(enrollments):
    bodies = {
        member: with_node_changed(
            enrollments.canonical(),
            schema,
            lambda owner, member=member: with_encryption(
                owner, "JWE", **{f"{member}Ref": "http://127.0.0.1/buffer?id=3"}
            ),
        )
        for member, schema in BUFFERS.items()
    }
    for _, enrollment, body, _ in accepted_in_any_form(enrollments, bodies):
        record, shown = enrollment.shown()
        found = differences(body, record)
        expect(not found, "reference and encryption block as they were sent", "; ".join(map(str, found[:3])), shown)


def hashed_twice(plain, name):
    """Return an enrollment with one block encrypted, and hashed before and after that."""
    before = integrity_block(plain, *plain_texts(plain[name], f"{name}.")[:1])
    body = with_encryption(plain, "JWE", **{name: encrypted_node("JWE", plain[name])})
    return with_integrity(body, before, integrity_block(body, name, name="2", encrypted=True))


@requirement("ENR-ENCRYPTION-07")
def test_hashes_from_before_and_after_the_encryption_verify(enrollments):
    plain = enrollments.canonical()
    bodies = {name: hashed_twice(plain, name) for name in open_blocks(enrollments)}
    for name, enrollment, _, _ in accepted_in_any_form(enrollments, bodies):
        record, shown = enrollment.shown()
        clear = {**record, name: opened(decrypted_node, "JWE", record.get(name), shown)}
        blocks = integrity_blocks(record) or cannot_tell("no integrity block was answered")
        sides = {True: record, False: clear}
        broken = [words for each in blocks for words in broken_hashes(sides[each.get("encrypted") is True], [each])]
        expect(not broken, "hashes that verify, each on its side of the encryption", "; ".join(broken), shown)


@requirement("ENR-ANSWER-{fact}")
@pytest.mark.parametrize("fact", FACTS)
def test_answered_encryption_blocks_keep_to_the_schema(enrollments, once, fact):
    def fetched():
        return read_and_found_in_any_form(enrollments, with_buffers(enrollments, "JWE"))

    expect_schema_fact(enrollments, fact, once("answers with encryption blocks", fetched))
