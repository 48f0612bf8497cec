"""Digest of buffers, both ways (1.1.0 on; RFC 3230, RFC 5843)."""

import pytest

from osia_conformance.checks import (
    REFUSED,
    SUCCESS,
    Inapplicable,
    expect,
    expect_status,
    one_of,
    precondition,
    requirement,
)
from osia_conformance.checks.enrollment import (
    DIGEST_ALGORITHMS,
    EVERY_BYTE,
    differing_digests,
    digest_header,
    named_buffer,
    shared_enrollment_for_buffers,
    stated_digests,
)

OTHER_BYTES = EVERY_BYTE[::-1]


def sent(enrollments, value):
    """Send a buffer with this Digest and return the answer, with its enrollment."""
    enrollment = shared_enrollment_for_buffers(enrollments)
    return enrollment, enrollment.send_buffer(EVERY_BYTE, headers=[("Digest", value)])


@requirement("ENR-DIGEST-01")
@pytest.mark.parametrize("algorithm", [*DIGEST_ALGORITHMS, *(name.lower() for name in DIGEST_ALGORITHMS)])
def test_a_buffer_with_its_digest_is_taken(enrollments, algorithm):
    enrollment, response = sent(enrollments, digest_header(algorithm, EVERY_BYTE))
    expect_status(response, SUCCESS)
    kept = precondition(enrollment.read_buffer(named_buffer(response)))
    expect(kept.body == EVERY_BYTE, "the buffer's bytes", f"{len(kept.body)} other bytes", kept)


@requirement("ENR-DIGEST-02")
def test_a_buffer_with_another_digest_is_refused(enrollments):
    answers = [sent(enrollments, digest_header(algorithm, OTHER_BYTES))[1] for algorithm in DIGEST_ALGORITHMS]
    for response in answers:
        expect_status(response, one_of(SUCCESS, REFUSED))
    refused = [response for response in answers if response.status in REFUSED]
    expect(bool(refused), "a refusal for one algorithm at least", "a wrong Digest is accepted in all", answers[-1])


@requirement("ENR-DIGEST-03")
@pytest.mark.parametrize("data", [b"x", EVERY_BYTE, EVERY_BYTE * 300], ids=["short", "every-byte", "long"])
def test_a_digest_that_is_answered_is_that_of_the_bytes(enrollments, profile, data):
    enrollment, data = shared_enrollment_for_buffers(enrollments), data[: profile.largest_buffer]
    response = precondition(enrollment.read_buffer(enrollment.keep_buffer(data)))
    if not stated_digests(response):
        raise Inapplicable("this server answers no Digest by an algorithm of RFC 3230 or RFC 5843")
    found = differing_digests(response, data)
    expect(not found, "a Digest of the buffer's bytes", f"that by {', '.join(found)} is another one", response)
