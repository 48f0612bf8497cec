"""A call that was refused as a bad request has changed nothing."""

import pytest

from osia_conformance.checks import BAD_REQUEST, SUCCESS, Inapplicable, require_refused, requirement
from osia_conformance.checks.enrollment import CHANGING_OPERATIONS, WRITING_OPERATIONS, OperationCase

FAULTS = {
    "no-transaction": {"transaction": False},
    "finalize-maybe": {"query": [("finalize", "maybe")]},
    "malformed-json": {"body": b'{"biographicData": {"gender": "F"}'},
    "wrong-type": {"body": b'{"biographicData": {"gender": "X"}, "enrollmentType": 12345}'},
}
CASES = [
    *[(code, fault) for code in WRITING_OPERATIONS for fault in FAULTS],
    *[(code, "no-transaction") for code in CHANGING_OPERATIONS if code not in WRITING_OPERATIONS],
]


@requirement("ENR-INTACT-01-{operation}")
@pytest.mark.parametrize(("operation", "fault"), CASES)
def test_a_bad_request_changes_nothing(enrollments, operation, fault):
    subject = OperationCase(enrollments, operation)
    subject.remember()
    response = subject.call(**FAULTS[fault])
    if response.status in SUCCESS and fault == "wrong-type":
        raise Inapplicable("this server takes a value of a wrong type, and drops or changes it")
    require_refused(response, BAD_REQUEST, "the bad request")
    subject.expect_no_effect()
