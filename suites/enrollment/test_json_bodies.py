"""Request bodies that are no JSON, absent, of a wrong type, or no object."""

import pytest

from osia_conformance.checks import BAD_REQUEST, REFUSED, SUCCESS, expect_status, requirement
from osia_conformance.checks.enrollment import (
    MALFORMED_JSON,
    NO_OBJECTS,
    OPERATIONS_WITH_JSON,
    WRITING_OPERATIONS,
    case_to_refuse,
    expect_fault_refused_or_dropped,
    refusal_of,
)

OPERATIONS = pytest.mark.parametrize("operation", OPERATIONS_WITH_JSON)


@requirement("ENR-JSON-01-{operation}")
@OPERATIONS
def test_a_body_that_is_cut_off_is_refused(enrollments, operation):
    expect_status(refusal_of(enrollments, operation, "malformed-json"), BAD_REQUEST, sent="a body that is cut off")


@requirement("ENR-JSON-01-{operation}")
@pytest.mark.parametrize("fault", MALFORMED_JSON)
@OPERATIONS
def test_a_body_that_is_no_json_is_refused(enrollments, operation, fault):
    case = case_to_refuse(enrollments, operation)
    response = case.call(body=MALFORMED_JSON[fault](case).encode())
    expect_status(response, BAD_REQUEST, sent=f"a body that is no JSON ({fault})")


@requirement("ENR-JSON-02-{operation}")
@OPERATIONS
def test_a_missing_body_is_no_server_error(enrollments, operation):
    expect_status(
        case_to_refuse(enrollments, operation).call(body=None), SUCCESS, REFUSED, sent="a call without a body"
    )


@requirement("ENR-JSON-03-{operation}")
@pytest.mark.parametrize("operation", WRITING_OPERATIONS)
def test_a_member_of_a_wrong_type_is_not_taken(enrollments, operation):
    expect_fault_refused_or_dropped(case_to_refuse(enrollments, operation), {"enrollmentType": 12345})


@requirement("ENR-JSON-04-{operation}")
@pytest.mark.parametrize("fault", NO_OBJECTS)
@OPERATIONS
def test_a_body_that_is_no_object_is_no_server_error(enrollments, operation, fault):
    case = case_to_refuse(enrollments, operation)
    response = case.call(body=NO_OBJECTS[fault](case))
    expect_status(response, SUCCESS, REFUSED, sent=f"a body that is no object in UTF-8 ({fault})")
