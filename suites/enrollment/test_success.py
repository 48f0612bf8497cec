"""Each operation does what it is for, and answers with the code and media type that it documents."""

import pytest

from osia_conformance.checks import requirement
from osia_conformance.expectations import (
    DONE,
    documented_success,
    expect,
    expect_status,
    give_up,
    phrase,
    precondition,
)
from osia_conformance.rules.business_rules import expect_taken
from osia_conformance.rules.merge_patch import merge_patch
from osia_conformance.subjects import CODES, Subject, changed, plain_patch

MEDIA_TYPES = {
    "READ": "application/json",
    "FIND": "application/json",
    "BUFWRITE": "application/json",
}
LEFT = {"UPDATE": changed, "PATCH": lambda ours: merge_patch(ours.canonical(), plain_patch(ours))}
"""What the writes leave."""
OF_THE_OLDEST = {"CREATE": "application/json", "BUFREAD": "application/octet-stream"}


@requirement("ENR-DONE-01-{operation}")
@pytest.mark.parametrize("operation", [code for code in CODES if code != "CREATE"])
def test_a_valid_call_succeeds(enrollments, operation):
    answer = Subject(enrollments, operation).call()
    if operation in LEFT:
        expect_taken(enrollments, answer, LEFT[operation](enrollments))
    expect_status(answer, DONE)


@requirement("ENR-DONE-01-CREATE")
def test_the_canonical_enrollment_is_accepted(enrollments):
    answer = Subject(enrollments, "CREATE").call()
    if answer.status in {400, 403, 422}:
        give_up(f"the canonical enrollment was refused with {phrase(answer.status)}: a rule of the server's own?")
    expect_status(answer, DONE)


def success(enrollments, operation):
    """Return the answer of a call that succeeds; all that is said of one is judged on the same."""

    def fetched():
        yield precondition(Subject(enrollments, operation).call())

    [answer] = enrollments.session.once(f"a success of {operation}", fetched)
    return answer


@requirement("ENR-CODE-01-{operation}")
@pytest.mark.parametrize("operation", CODES)
def test_success_has_the_documented_code(enrollments, operation):
    answer = success(enrollments, operation)
    expect_status(answer, documented_success(answer))


@requirement("ENR-EMPTY-01-{operation}")
@pytest.mark.parametrize("operation", ["UPDATE", "PATCH", "DELETE", "FINALIZE"])
def test_success_has_no_body(enrollments, operation):
    answer = success(enrollments, operation)
    expect(not answer.content, "no body", f"there are {answer.content} bytes", answer)


@requirement("ENR-MEDIA-01-{operation}")
@pytest.mark.parametrize("operation", [*MEDIA_TYPES, *OF_THE_OLDEST])
def test_the_answer_has_the_documented_media_type(enrollments, operation):
    answer = success(enrollments, operation)
    wanted = {**MEDIA_TYPES, **OF_THE_OLDEST}[operation]
    expect(answer.media_type == wanted, wanted, f"the content type is {answer.media_type or 'absent'}", answer)
