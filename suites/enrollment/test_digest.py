"""Digest of buffers, both ways (1.1.0 on; RFC 3230, RFC 5843)."""

import pytest

from osia_conformance.checks import (
    REFUSED,
    SUCCESS,
    Inapplicable,
    cannot_tell,
    expect,
    expect_status,
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

DIGESTED_BYTES = EVERY_BYTE[::2] + b"with a Digest"
"""Bytes that no other check sends: equal buffers may share an id (RUL-BUFFERS)."""
OTHER_BYTES = DIGESTED_BYTES[::-1]


def sent(enrollments, value):
    """Send a buffer with this Digest and return the answer, with its enrollment."""
    enrollment = shared_enrollment_for_buffers(enrollments)
    return enrollment, enrollment.send_buffer(DIGESTED_BYTES, headers=[("Digest", value)])


def sent_alone(enrollments, once):
    """Send a buffer with its right Digest by each algorithm; return the answers, which checks share."""

    def asked():
        yield {name: sent(enrollments, digest_header(name, DIGESTED_BYTES)) for name in DIGEST_ALGORITHMS}

    def is_kept(answers):
        # A second 500 must come from the target.
        return all(response.status != 500 for _, response in answers.values())

    [answers] = once("buffers with their Digest", asked, keep=is_kept)
    return answers


def taken_alone(enrollments, once):
    """Return the algorithms whose right Digest is taken."""
    return [name for name, (_, response) in sent_alone(enrollments, once).items() if response.status in SUCCESS]


@requirement("ENR-DIGEST-01")
def test_a_buffer_with_its_digest_is_taken_by_one_algorithm_at_least(enrollments, once, observe):
    answers = sent_alone(enrollments, once)
    for name, (_, response) in answers.items():
        expect_status(response, SUCCESS, REFUSED, sent=f"a right Digest by {name}")
    refused = [name for name, (_, response) in answers.items() if response.status in REFUSED]
    last = answers["MD5"][1]
    expect(len(refused) < len(answers), "a right Digest taken by one algorithm at least", "all are refused", last)
    for name in refused:
        observe("RUL-DIGEST", f"a right Digest by {name} is refused", answers[name][1])


@requirement("ENR-DIGEST-01")
def test_a_buffer_with_its_digest_comes_back(enrollments, once):
    for name in taken_alone(enrollments, once):
        # Sent anew: the enrollment of the answers that checks share may be gone.
        enrollment, response = sent(enrollments, digest_header(name, DIGESTED_BYTES))
        kept = precondition(enrollment.read_buffer(named_buffer(response)))
        expect(kept.body == DIGESTED_BYTES, "the buffer's bytes", f"{len(kept.body)} other bytes", kept)


@requirement("ENR-DIGEST-04")
@pytest.mark.parametrize("algorithm", DIGEST_ALGORITHMS)
def test_a_digest_is_taken_in_small_letters_too(enrollments, once, algorithm):
    if algorithm not in taken_alone(enrollments, once):
        raise Inapplicable(f"a right Digest by {algorithm} is not taken")
    _, response = sent(enrollments, digest_header(algorithm.lower(), DIGESTED_BYTES))
    expect_status(response, SUCCESS, sent=f"a right Digest by {algorithm.lower()}")


@requirement("ENR-DIGEST-04")
@pytest.mark.parametrize("separator", [",", ", "], ids=["comma", "comma-and-space"])
def test_several_right_digests_are_taken_in_one_header(enrollments, once, separator):
    names = taken_alone(enrollments, once)
    if len(names) == 1:
        raise Inapplicable(f"of the algorithms {names[0]} alone is taken")
    if not names:
        cannot_tell("a right Digest is not taken by any algorithm")
    values = (digest_header(name, DIGESTED_BYTES) for name in names)
    _, response = sent(enrollments, separator.join(values))
    expect_status(response, SUCCESS, sent=f"right Digests by {' and '.join(names)} in one header")


@requirement("ENR-DIGEST-02")
def test_a_buffer_with_another_digest_is_refused(enrollments, once):
    if not taken_alone(enrollments, once):
        cannot_tell("a right Digest is refused, too")
    answers = [sent(enrollments, digest_header(algorithm, OTHER_BYTES))[1] for algorithm in DIGEST_ALGORITHMS]
    for response in answers:
        expect_status(response, SUCCESS, REFUSED)
    refused = [response for response in answers if response.status in REFUSED]
    expect(bool(refused), "a refusal for one algorithm at least", "a wrong Digest is accepted in all", answers[-1])


@requirement("ENR-DIGEST-03")
@pytest.mark.parametrize("data", [b"x", DIGESTED_BYTES, DIGESTED_BYTES * 300], ids=["short", "every-byte", "long"])
def test_a_digest_that_is_answered_is_that_of_the_bytes(enrollments, profile, data):
    enrollment, data = shared_enrollment_for_buffers(enrollments), data[: profile.largest_buffer]
    buffer = enrollment.keep_buffer(data)
    enrollment.keep_buffer((data[::-1] + b"another")[-profile.largest_buffer :])
    response = precondition(enrollment.read_buffer(buffer))
    if not stated_digests(response):
        raise Inapplicable("this server answers no Digest by an algorithm of RFC 3230 or RFC 5843")
    found = differing_digests(response, data)
    expect(not found, "a Digest of the buffer's bytes", f"that by {', '.join(found)} is another one", response)
