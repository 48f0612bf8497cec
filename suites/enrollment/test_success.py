"""Each operation does what it is for, and answers with the code and media type that it documents."""

import pytest

from osia_conformance.checks import (
    SUCCESS,
    cannot_tell,
    documented_success,
    expect,
    expect_status,
    precondition,
    requirement,
    status_phrase,
)
from osia_conformance.checks.enrollment import (
    CANONICAL_REFUSALS,
    OPERATION_CODES,
    OperationCase,
    changed_enrollment,
    expect_write_accepted,
    merge_patch,
    plain_patch,
)

MEDIA_TYPES = {
    "READ": "application/json",
    "FIND": "application/json",
    "BUFWRITE": "application/json",
}
LEFT = {"UPDATE": changed_enrollment, "PATCH": lambda ours: merge_patch(ours.canonical(), plain_patch(ours))}
"""What the writes leave."""
OF_THE_OLDEST = {"CREATE": "application/json", "BUFREAD": "application/octet-stream"}


@requirement("ENR-DONE-01-{operation}")
@pytest.mark.parametrize("operation", [code for code in OPERATION_CODES if code != "CREATE"])
def test_a_valid_call_succeeds(enrollments, operation):
    response = OperationCase(enrollments, operation).call()
    if operation in LEFT:
        expect_write_accepted(enrollments, response, LEFT[operation](enrollments))
    expect_status(response, SUCCESS)


@requirement("ENR-DONE-01-CREATE")
def test_the_canonical_enrollment_is_accepted(enrollments):
    response = OperationCase(enrollments, "CREATE").call()
    if response.status in CANONICAL_REFUSALS:
        words = (
            f"the canonical enrollment was refused with {status_phrase(response.status)}: a rule of the server's own?"
        )
        cannot_tell(words, response)
    expect_status(response, SUCCESS)


def success(enrollments, once, operation):
    """Return the answer of a call that succeeds; all that is said of one is judged on the same."""

    def fetched():
        yield precondition(OperationCase(enrollments, operation).call())

    [response] = once(f"a success of {operation}", fetched)
    return response


@requirement("ENR-CODE-01-{operation}")
@pytest.mark.parametrize("operation", OPERATION_CODES)
def test_success_has_the_documented_code(enrollments, once, operation):
    response = success(enrollments, once, operation)
    expect_status(response, documented_success(response))


@requirement("ENR-EMPTY-01-{operation}")
@pytest.mark.parametrize("operation", ["UPDATE", "PATCH", "DELETE", "FINALIZE"])
def test_success_has_no_body(enrollments, once, operation):
    response = success(enrollments, once, operation)
    expect(not response.content, "no body", f"there are {response.content} bytes", response)


@requirement("ENR-MEDIA-01-{operation}")
@pytest.mark.parametrize("operation", [*MEDIA_TYPES, *OF_THE_OLDEST])
def test_the_answer_has_the_documented_media_type(enrollments, once, operation):
    response = success(enrollments, once, operation)
    wanted = {**MEDIA_TYPES, **OF_THE_OLDEST}[operation]
    expect(response.media_type == wanted, wanted, f"the content type is {response.media_type or 'absent'}", response)
