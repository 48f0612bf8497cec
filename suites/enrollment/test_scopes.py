"""Scopes: each operation opens to its own, and to nothing else."""

import pytest

from osia_conformance.checks import (
    INCONCLUSIVE,
    REFUSED,
    SCOPES,
    SUCCESS,
    WrongStatus,
    by_code,
    precondition,
    require_refused,
    requirement,
    status_phrase,
)
from osia_conformance.checks.enrollment import (
    CHANGING_OPERATIONS,
    LOOK_ALIKE_SCOPES,
    OPERATION_CODES,
    OperationCase,
    case_to_refuse,
    expect_operation_closed,
    scope_sets_without,
)

OPERATIONS = pytest.mark.parametrize("operation", OPERATION_CODES)
WRONG = [(code, label) for code in OPERATION_CODES for label in scope_sets_without(by_code()[code].scope)]


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
        raise WrongStatus(
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
    response = OperationCase(enrollments, operation).call(
        token=enrollments.token(*scope_sets_without(other)["all-others"])
    )
    if shut(response) and OperationCase(enrollments, operation).call().status in SUCCESS:
        raise WrongStatus(
            f"{scope} among others to be enough",
            f"it answered {status_phrase(response.status)}, and with that scope alone it succeeds",
            response,
        )
    precondition(response)


@requirement("ENR-SCOPE-02-{operation}")
@pytest.mark.parametrize(("operation", "scopes"), WRONG)
def test_without_its_scope_the_operation_is_closed(enrollments, operation, scopes):
    held = scope_sets_without(by_code()[operation].scope)[scopes]
    expect_operation_closed(case_to_refuse(enrollments, operation), enrollments.token(*held))


@requirement("ENR-SCOPE-03-{operation}")
@OPERATIONS
@pytest.mark.parametrize("look_alike", LOOK_ALIKE_SCOPES)
def test_a_scope_that_only_resembles_its_own_does_not_open_it(enrollments, operation, look_alike):
    scope = LOOK_ALIKE_SCOPES[look_alike](by_code()[operation].scope)
    expect_operation_closed(case_to_refuse(enrollments, operation), enrollments.look_alike_token(scope))


@requirement("ENR-SCOPE-04-{operation}")
@pytest.mark.parametrize("operation", CHANGING_OPERATIONS)
def test_a_call_without_the_scope_has_no_effect(enrollments, operation):
    subject = OperationCase(enrollments, operation)
    subject.remember()
    response = subject.call(token=enrollments.token(*scope_sets_without(by_code()[operation].scope)["all-others"]))
    require_refused(response, 403, "the call")
    subject.expect_no_effect()
