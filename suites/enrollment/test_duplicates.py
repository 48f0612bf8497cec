"""A second create of an id that is taken: with another body, with the very same one, of a finalized enrollment."""

import pytest

from osia_conformance.checks import REFUSED, expect_refusal, expect_status, expect_unchanged, requirement
from osia_conformance.checks.enrollment import other_members, unless_processed

CASES = pytest.mark.parametrize(
    "case", ["another-body", "the-same-body", "another-body-finalized", "of-a-finalized", "the-same-of-a-finalized"]
)


def second_create(enrollments, case):
    """Create an enrollment twice; return the first record, the second answer, and what is read after it."""
    body, finalize = enrollments.canonical(), None
    enrollment = enrollments.created(body)
    before = enrollment.record()
    if case.endswith("of-a-finalized"):
        enrollment.finalize()
        before = enrollment.record()
        body, finalize = enrollments.canonical(status="FINALIZED"), True
    if case.startswith("another-body-finalized"):
        finalize = True
    if not case.startswith("the-same"):
        status = "FINALIZED" if finalize else "IN_PROGRESS"
        body = enrollments.canonical(status=status, **other_members(enrollments, 2))
    response = enrollment.create(body, finalize=finalize)
    return before, response, enrollment.shown()


def second_answer(enrollments, once, case):
    """Return what `second_create` does; checks share it where the create was refused."""

    def is_kept(found):
        return found[1].status in REFUSED

    [found] = once(f"second create, {case}", lambda: iter([second_create(enrollments, case)]), keep=is_kept)
    return found


@requirement("ENR-CREATE-04")
@CASES
def test_a_second_create_is_refused(enrollments, once, observe, case):
    with unless_processed(enrollments):
        _, response, _ = second_answer(enrollments, once, case)
        expect_status(response, REFUSED, sent=f"a second create ({case})")
        if response.status == 422:
            observe("RUL-DUPLICATE", "a second create is refused with 422", response)


@requirement("ENR-CREATE-05")
@CASES
def test_a_second_create_leaves_the_first_record(enrollments, once, case):
    with unless_processed(enrollments):
        before, _, after = second_answer(enrollments, once, case)
        expect_unchanged(before, *after, names=enrollments.payloads.sent)


@requirement("ENR-CREATE-19")
@CASES
def test_a_second_create_is_a_conflict(enrollments, once, case):
    with unless_processed(enrollments):
        _, response, _ = second_answer(enrollments, once, case)
        # The first create was taken with this scope: a 403 is for the id, as any other refusal is (RUL-DUPLICATE).
        judged = expect_status if response.status == 401 else expect_refusal
        judged(response, 409, sent=f"a second create ({case})")
