"""sendBuffer and getBuffer: bytes in, the same bytes out."""

import pytest

from osia_conformance.checks import (
    BAD_REQUEST,
    REFUSED,
    SUCCESS,
    Download,
    Inapplicable,
    Upload,
    WrongStatus,
    cannot_tell,
    expect,
    expect_object,
    expect_status,
    expect_unchanged,
    format_value,
    opt_in,
    precondition,
    requirement,
    status_phrase,
)
from osia_conformance.checks.enrollment import (
    EVERY_BYTE,
    case_to_refuse,
    named_buffer,
    png,
    sample_image,
    send_operation,
    shared_enrollment_for_buffers,
)

CONTENTS = {
    "one-byte": b"x",
    "one-nul": b"\0",
    "every-byte": EVERY_BYTE,
    "line-ends": b"one\r\ntwo\nthree\rfour\r\n\r\n",
    "invalid-utf8": b"\xff\xfe\xc3\x28\x80 \xed\xa0\x80",
    "looks-like-json": b'{ "bufferId":"of its own",\n"n":1.0 }',
    "looks-like-multipart": b"--boundary\r\nContent-Disposition: form-data\r\n\r\nx\r\n--boundary--\r\n",
    "a-real-png": png(64, 64),
    "below-64-kib": b"\xa5\x00" * 32767 + b"\xff",
    "just-64-kib": bytes(range(256)) * 256,
    "above-64-kib": bytes(range(256)) * 256 + b"\x01",
}


def expect_kept(enrollment, data, sent):
    """Judge that the bytes come back under the id that the answer to sending them names."""
    expect_bytes(data, expect_status(enrollment.read_buffer(named_buffer(sent)), SUCCESS))


def expect_bytes(data, response):
    got = response.body
    expect(
        got == data,
        f"{len(data)} bytes as sent",
        f"{len(got)} bytes came, which differ from byte {shared(data, got)} on",
        response,
    )


def shared(sent, got):
    """Return how many bytes both begin with."""
    if sent == got:
        return len(sent)
    pairs = enumerate(zip(sent, got, strict=False))
    return next((index for index, (one, other) in pairs if one != other), min(len(sent), len(got)))


@requirement("ENR-BUFFER-01")
@pytest.mark.parametrize("data", CONTENTS.values(), ids=CONTENTS)
def test_a_buffer_comes_back_byte_for_byte(enrollments, profile, data):
    if len(data) > profile.largest_buffer:
        raise Inapplicable("the profile says that buffers of this size are not taken")
    enrollment = shared_enrollment_for_buffers(enrollments)
    expect_kept(enrollment, data, precondition(enrollment.send_buffer(data)))


@requirement("ENR-BUFFER-01")
@opt_in("big_buffer")
def test_a_big_buffer_comes_back_byte_for_byte(enrollments, settings):
    sent = Upload(settings.big_buffer)
    came = Download(sent.size)
    enrollment = enrollments.created()
    buffer = named_buffer(precondition(enrollment.send_buffer(sent)))
    response = expect_status(enrollment.read_buffer(buffer, sink=came), SUCCESS)
    expected = f"{sent.size} bytes with SHA-256 {sent.sha256}"
    expect(
        (came.size, came.sha256) == (sent.size, sent.sha256),
        expected,
        f"{came.size} bytes with SHA-256 {came.sha256}",
        response,
    )


@requirement("ENR-BUFFER-02")
def test_two_buffers_are_kept_apart(enrollments):
    enrollment = enrollments.created()
    contents = (b"the first buffer", b"the second one, longer", b"the third")
    buffers = [enrollment.keep_buffer(data) for data in contents]
    for buffer, data in zip(buffers, contents, strict=True):
        expect_bytes(data, precondition(enrollment.read_buffer(buffer), 200, 404))


@requirement("ENR-BUFFER-03")
def test_another_enrollments_id_does_not_lead_to_the_buffer(enrollments):
    owner, other = enrollments.created(), enrollments.created()
    buffer = owner.keep_buffer(EVERY_BYTE)
    own = other.keep_buffer(b"a buffer of its own")
    response = other.read_buffer(buffer)
    if own == buffer:  # ids may count anew in each enrollment
        expect_bytes(b"a buffer of its own", expect_status(response, SUCCESS))
    elif response.status != 403:
        expect_status(response, 404, 403, sent="a buffer's id under another enrollment's")


@requirement("ENR-BUFFER-04")
@pytest.mark.parametrize("buffer", ["no-such-buffer", "00000000-0000-4000-8000-000000000000"])
def test_an_unknown_buffer_is_not_found(enrollments, buffer):
    expect_status(
        case_to_refuse(enrollments, "BUFREAD").enrollment.read_buffer(buffer),
        404,
        sent="a buffer id that does not exist",
    )


@requirement("ENR-BUFFER-05")
def test_a_buffer_before_the_create_is_taken_or_not_found(enrollments):
    enrollment = enrollments.new()
    response = expect_status(enrollment.send_buffer(EVERY_BYTE), 201, 404)
    if response.status == 201:
        created = enrollment.create(enrollments.canonical())
        if created.status in REFUSED:
            enrollments.created()
            actual = f"it is refused with {status_phrase(created.status)}"
            raise WrongStatus("a create after its buffer", actual, created)
        precondition(created)
        expect_kept(enrollment, EVERY_BYTE, response)


@requirement("ENR-BUFFER-06")
def test_an_empty_buffer_is_kept_or_refused(enrollments):
    enrollment = enrollments.created()
    response = expect_status(enrollment.send_buffer(b""), SUCCESS, BAD_REQUEST)
    if response.status in SUCCESS:
        expect_kept(enrollment, b"", response)


@requirement("ENR-BUFFER-07")
def test_the_largest_buffer_comes_back(enrollments, profile, observe):
    enrollment, size = enrollments.created(), profile.largest_buffer
    pattern = bytes((index * 7 + index // 256) % 256 for index in range(4096))
    data = (pattern * (size // 4096 + 1))[:size]
    response = expect_status(enrollment.send_buffer(data), SUCCESS, 413)
    if response.status != 413:
        expect_kept(enrollment, data, response)
    elif profile.settings.largest_buffer:
        cannot_tell(f"the profile says that a buffer of {size} bytes is taken, and it was refused with 413")
    else:
        observe("RUL-BUFFERS", "a buffer of one MiB is refused with 413", response)


@requirement("ENR-BUFFER-08")
def test_a_buffer_leaves_the_enrollments_data(enrollments):
    enrollment = enrollments.created()
    before = enrollment.record()
    precondition(enrollment.send_buffer(EVERY_BYTE))
    expect_unchanged(before, *enrollment.shown(), names=enrollments.payloads.sent)


@requirement("ENR-BUFFER-09")
def test_the_answer_names_the_buffer(enrollments):
    response = precondition(shared_enrollment_for_buffers(enrollments).send_buffer(EVERY_BYTE))
    name = expect_object(response).get("bufferId")
    named = isinstance(name, str) and name != ""
    expected, actual = "an object with bufferId, a string that is not empty", f"bufferId is {format_value(name)}"
    expect(named, expected, actual, response, body="no object with a bufferId")


@requirement("ENR-BUFFER-10")
@pytest.mark.parametrize("operation", ["UPDATE", "PATCH"])
def test_a_buffer_outlives_a_change_of_its_enrollment(enrollments, operation):
    enrollment = enrollments.created()
    buffer = enrollment.keep_buffer(EVERY_BYTE)
    precondition(enrollment.read_buffer(buffer))
    precondition(send_operation(operation, enrollment, enrollments))
    expect_bytes(EVERY_BYTE, expect_status(enrollment.read_buffer(buffer), SUCCESS))


PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n%%EOF\n"
OF_ANY_SERVER = {"application/octet-stream": EVERY_BYTE}
OF_SOME = {
    "image/jpeg": sample_image("jpeg").data,
    "image/jp2": sample_image("jpeg2000").data,
    "application/pdf": PDF,
    "application/vnd.example.template": EVERY_BYTE,
}
"""Buffers by their type: each is what its type says, as a server may look into it."""


@requirement("ENR-BUFFER-10")
def test_a_buffer_outlives_a_second_create(enrollments):
    enrollment = enrollments.created()
    buffer = enrollment.keep_buffer(EVERY_BYTE)
    if enrollment.create(enrollments.canonical()).status in SUCCESS:
        cannot_tell("a second create is taken, which is judged elsewhere")
    expect_bytes(EVERY_BYTE, expect_status(enrollment.read_buffer(buffer), SUCCESS))


def expect_type_kept(enrollment, kind, data, sent):
    """Judge that a buffer is answered with the content type that it was created with."""
    response = expect_status(enrollment.read_buffer(named_buffer(sent)), SUCCESS)
    expect(response.media_type == kind, kind, f"the content type is {response.media_type or 'absent'}", response)
    expect_bytes(data, response)


def sent_unless_refused(enrollment, observe, kind, data):
    """Send a buffer of a type that a server may refuse and return the answer; then what hangs on it is Inapplicable."""
    response = expect_status(enrollment.send_buffer(data, content_type=kind), SUCCESS, BAD_REQUEST, 415)
    if response.status not in SUCCESS:
        text = f"a buffer of type {kind} is refused with {response.status}"
        observe("RUL-BUFFERS", text, response)
        raise Inapplicable(text)
    return response


@requirement("ENR-BUFFER-11")
@pytest.mark.parametrize("kind", OF_ANY_SERVER)
def test_a_buffer_is_answered_with_its_content_type(enrollments, kind):
    enrollment, data = shared_enrollment_for_buffers(enrollments), OF_ANY_SERVER[kind]
    expect_type_kept(enrollment, kind, data, precondition(enrollment.send_buffer(data, content_type=kind)))


@requirement("ENR-BUFFER-11")
def test_an_image_is_answered_with_its_content_type(enrollments, observe):
    enrollment, data = shared_enrollment_for_buffers(enrollments), png()
    octets = precondition(enrollment.send_buffer(EVERY_BYTE))
    expect_type_kept(enrollment, "image/png", data, sent_unless_refused(enrollment, observe, "image/png", data))
    expect_type_kept(enrollment, "application/octet-stream", EVERY_BYTE, octets)


@requirement("ENR-BUFFER-12")
@pytest.mark.parametrize("kind", OF_SOME)
def test_any_application_or_image_type_is_kept(enrollments, profile, observe, kind):
    enrollment, data = shared_enrollment_for_buffers(enrollments), OF_SOME[kind]
    if len(data) > profile.largest_buffer:
        raise Inapplicable("the profile says that buffers of this size are not taken")
    expect_type_kept(enrollment, kind, data, sent_unless_refused(enrollment, observe, kind, data))
