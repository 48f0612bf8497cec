"""Scopes: each operation opens to its own, and to nothing else."""

import pytest

from osia_conformance.checks import requirement
from osia_conformance.expectations import DONE, OPEN, REFUSED, Violation, give_up, phrase, precondition
from osia_conformance.operations import SCOPES, by_code
from osia_conformance.rules.authorization import LOOK_ALIKES, expect_closed, wrong_scopes
from osia_conformance.subjects import CHANGING, CODES, Subject, to_be_refused

OPERATIONS = pytest.mark.parametrize("operation", CODES)
WRONG = [(code, label) for code in CODES for label in wrong_scopes(by_code()[code].scope)]


def shut(answer):
    """Return whether the call was refused; only another call tells whether for its scopes (RUL-FORBIDDEN)."""
    return answer.status in REFUSED and answer.status not in OPEN


@requirement("ENR-SCOPE-01-{operation}")
@OPERATIONS
def test_the_scope_alone_opens_the_operation(enrollments, operation):
    scope = by_code()[operation].scope
    answer = Subject(enrollments, operation).call(token=enrollments.token(scope))
    if shut(answer) and Subject(enrollments, operation).call(token=enrollments.token(*SCOPES)).status in DONE:
        raise Violation(
            f"{scope} to be enough", f"it answered {phrase(answer.status)}, and with more scopes it succeeds", answer
        )
    precondition(answer)


@requirement("ENR-SCOPE-01-{operation}")
@OPERATIONS
def test_more_scopes_do_not_close_the_operation(enrollments, operation):
    scope = by_code()[operation].scope
    other = next(name for name in SCOPES if name != scope)
    answer = Subject(enrollments, operation).call(token=enrollments.token(*wrong_scopes(other)["all-others"]))
    if shut(answer) and Subject(enrollments, operation).call().status in DONE:
        raise Violation(
            f"{scope} among others to be enough",
            f"it answered {phrase(answer.status)}, and with that scope alone it succeeds",
            answer,
        )
    precondition(answer)


@requirement("ENR-SCOPE-02-{operation}")
@pytest.mark.parametrize(("operation", "scopes"), WRONG)
def test_without_its_scope_the_operation_is_closed(enrollments, operation, scopes):
    held = wrong_scopes(by_code()[operation].scope)[scopes]
    expect_closed(to_be_refused(enrollments, operation), enrollments.token(*held))


@requirement("ENR-SCOPE-03-{operation}")
@OPERATIONS
@pytest.mark.parametrize("look_alike", LOOK_ALIKES)
def test_a_scope_that_only_resembles_its_own_does_not_open_it(enrollments, operation, look_alike):
    scope = LOOK_ALIKES[look_alike](by_code()[operation].scope)
    expect_closed(to_be_refused(enrollments, operation), enrollments.look_alike_token(scope))


@requirement("ENR-SCOPE-04-{operation}")
@pytest.mark.parametrize("operation", CHANGING)
def test_a_call_without_the_scope_has_no_effect(enrollments, operation):
    subject = Subject(enrollments, operation)
    subject.remember()
    answer = subject.call(token=enrollments.token(*wrong_scopes(by_code()[operation].scope)["all-others"]))
    if answer.status in DONE:
        give_up("the call was accepted, which is judged elsewhere")
    subject.expect_no_effect(answer)
