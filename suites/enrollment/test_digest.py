"""Digest of buffers, both ways (1.1.0 on; RFC 3230, RFC 5843)."""

import pytest

from osia_conformance.checks.assertions import expect, expect_status
from osia_conformance.checks.enrollment.digests import ALGORITHMS, differing, digest, stated
from osia_conformance.checks.enrollment.operation_cases import BYTES, for_buffers
from osia_conformance.checks.marks import requirement
from osia_conformance.target.enrollment.identify import named_buffer
from osia_conformance.target.outcome_errors import Inapplicable
from osia_conformance.target.statuses import REFUSED, SUCCESS, one_of, precondition

OTHER_BYTES = BYTES[::-1]


def sent(enrollments, value):
    """Send a buffer with this Digest and return the answer, with its enrollment."""
    enrollment = for_buffers(enrollments)
    return enrollment, enrollment.send_buffer(BYTES, headers=[("Digest", value)])


@requirement("ENR-DIGEST-01")
@pytest.mark.parametrize("algorithm", [*ALGORITHMS, *(name.lower() for name in ALGORITHMS)])
def test_a_buffer_with_its_digest_is_taken(enrollments, algorithm):
    enrollment, response = sent(enrollments, digest(algorithm, BYTES))
    expect_status(response, SUCCESS)
    kept = precondition(enrollment.read_buffer(named_buffer(response)))
    expect(kept.body == BYTES, "the buffer's bytes", f"{len(kept.body)} other bytes", kept)


@requirement("ENR-DIGEST-02")
def test_a_buffer_with_another_digest_is_refused(enrollments):
    answers = [sent(enrollments, digest(algorithm, OTHER_BYTES))[1] for algorithm in ALGORITHMS]
    for response in answers:
        expect_status(response, one_of(SUCCESS, REFUSED))
    refused = [response for response in answers if response.status in REFUSED]
    expect(bool(refused), "a refusal for one algorithm at least", "a wrong Digest is accepted in all", answers[-1])


@requirement("ENR-DIGEST-03")
@pytest.mark.parametrize("data", [b"x", BYTES, BYTES * 300], ids=["short", "every-byte", "long"])
def test_a_digest_that_is_answered_is_that_of_the_bytes(enrollments, data):
    enrollment, data = for_buffers(enrollments), data[: enrollments.payloads.profile.largest_buffer]
    response = precondition(enrollment.read_buffer(enrollment.keep_buffer(data)))
    if not stated(response):
        raise Inapplicable("this server answers no Digest by an algorithm of RFC 3230 or RFC 5843")
    found = differing(response, data)
    expect(not found, "a Digest of the buffer's bytes", f"that by {', '.join(found)} is another one", response)
