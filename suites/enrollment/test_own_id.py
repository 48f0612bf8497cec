"""A body may name its own enrollment id, the same as the path: a member like any other up to 1.1.0, readOnly later."""

import pytest

from osia_conformance.checks import REFUSED, SUCCESS, expect_status, requirement
from osia_conformance.checks.enrollment import (
    WRITING_OPERATIONS,
    OperationCase,
    expect_write_accepted,
    plain_body,
)

OPERATIONS = pytest.mark.parametrize("operation", WRITING_OPERATIONS)


def sent_with_id(enrollments, operation):
    """Send the operation with the id of its path in its body; return the body without it, and the answer."""
    enrollment = OperationCase(enrollments, operation).enrollment
    body = plain_body(enrollments, operation)
    return body, enrollment.write(operation, {"enrollmentId": enrollment.id, **body})


@requirement("ENR-OWNID-01-{operation}")
@OPERATIONS
def test_a_body_that_names_its_own_id_is_taken(enrollments, operation):
    body, response = sent_with_id(enrollments, operation)
    whole = enrollments.canonical(**body["biographicData"]) if operation == "PATCH" else body
    expect_write_accepted(enrollments, response, whole)


@requirement("ENR-OWNID-02-{operation}")
@OPERATIONS
def test_a_body_that_names_its_own_id_is_taken_or_refused(enrollments, operation):
    _, response = sent_with_id(enrollments, operation)
    expect_status(response, SUCCESS, REFUSED, sent="a body that names its own id")
