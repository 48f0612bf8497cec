"""Scopes: each operation opens to its own, and to nothing else."""

import pytest

from osia_conformance.checks.enrollment.authorization import LOOK_ALIKES, expect_closed, wrong_scopes
from osia_conformance.checks.enrollment.operation_cases import CHANGING, CODES, OperationCase, to_be_refused
from osia_conformance.checks.marks import requirement
from osia_conformance.standard.operations import SCOPES, by_code
from osia_conformance.target.outcome_errors import Violation, cannot_tell
from osia_conformance.target.statuses import INCONCLUSIVE, REFUSED, SUCCESS, precondition, status_phrase

OPERATIONS = pytest.mark.parametrize("operation", CODES)
WRONG = [(code, label) for code in CODES for label in wrong_scopes(by_code()[code].scope)]


def shut(response):
    """Return whether the call was refused; only another call tells whether for its scopes (RUL-FORBIDDEN)."""
    return response.status in REFUSED and response.status not in INCONCLUSIVE


@requirement("ENR-SCOPE-01-{operation}")
@OPERATIONS
def test_the_scope_alone_opens_the_operation(enrollments, operation):
    scope = by_code()[operation].scope
    response = OperationCase(enrollments, operation).call(token=enrollments.token(scope))
    if (
        shut(response)
        and OperationCase(enrollments, operation).call(token=enrollments.token(*SCOPES)).status in SUCCESS
    ):
        raise Violation(
            f"{scope} to be enough",
            f"it answered {status_phrase(response.status)}, and with more scopes it succeeds",
            response,
        )
    precondition(response)


@requirement("ENR-SCOPE-01-{operation}")
@OPERATIONS
def test_more_scopes_do_not_close_the_operation(enrollments, operation):
    scope = by_code()[operation].scope
    other = next(name for name in SCOPES if name != scope)
    response = OperationCase(enrollments, operation).call(token=enrollments.token(*wrong_scopes(other)["all-others"]))
    if shut(response) and OperationCase(enrollments, operation).call().status in SUCCESS:
        raise Violation(
            f"{scope} among others to be enough",
            f"it answered {status_phrase(response.status)}, and with that scope alone it succeeds",
            response,
        )
    precondition(response)


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
    subject = OperationCase(enrollments, operation)
    subject.remember()
    response = subject.call(token=enrollments.token(*wrong_scopes(by_code()[operation].scope)["all-others"]))
    if response.status in SUCCESS:
        cannot_tell("the call was accepted, which is judged elsewhere")
    subject.expect_no_effect(response)
