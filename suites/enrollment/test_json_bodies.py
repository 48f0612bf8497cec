"""Request bodies that are no JSON, absent, or of a wrong type."""

import json

import pytest

from osia_conformance.checks import REFUSED, SUCCESS, expect_status, one_of, requirement
from osia_conformance.checks.enrollment import WRITING_OPERATIONS, case_to_refuse, expect_fault_refused_or_dropped

WITH_A_BODY = [*WRITING_OPERATIONS, "FIND"]
SEARCH = '[{"attributeName": "%s", "operator": "=", "value": "%s"}]'
MALFORMED = {
    "cut-off": lambda text: text[:-1],
    "no-json-at-all": lambda text: f"enrollment: {text}",
    "two-texts": lambda text: f"{text}{text}",
}


@requirement("ENR-JSON-01-{operation}")
@pytest.mark.parametrize("fault", MALFORMED)
@pytest.mark.parametrize("operation", WITH_A_BODY)
def test_a_body_that_is_no_json_is_refused(enrollments, payloads, operation, fault):
    text = SEARCH % (payloads.marker, enrollments.marker) if operation == "FIND" else json.dumps(payloads.minimal())
    response = case_to_refuse(enrollments, operation).call(body=MALFORMED[fault](text).encode())
    expect_status(response, 400, sent=f"a body that is no JSON ({fault})")


@requirement("ENR-JSON-02-{operation}")
@pytest.mark.parametrize("operation", WITH_A_BODY)
def test_a_missing_body_is_no_server_error(enrollments, operation):
    expect_status(
        case_to_refuse(enrollments, operation).call(body=None), one_of(SUCCESS, REFUSED), sent="a call without a body"
    )


@requirement("ENR-JSON-03-{operation}")
@pytest.mark.parametrize("operation", WRITING_OPERATIONS)
def test_a_member_of_a_wrong_type_is_not_taken(enrollments, operation):
    expect_fault_refused_or_dropped(case_to_refuse(enrollments, operation), {"enrollmentType": 12345})
