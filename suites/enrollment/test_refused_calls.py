"""A call that was refused as a bad request has changed nothing."""

import pytest

from osia_conformance.checks.enrollment.operation_cases import CHANGING, WRITING, OperationCase
from osia_conformance.checks.marks import requirement
from osia_conformance.target.outcome_errors import Inapplicable, cannot_tell
from osia_conformance.target.statuses import SUCCESS

FAULTS = {
    "no-transaction": {"transaction": False},
    "finalize-maybe": {"query": [("finalize", "maybe")]},
    "malformed-json": {"body": b'{"biographicData": {"gender": "F"}'},
    "wrong-type": {"body": b'{"biographicData": {"gender": "X"}, "enrollmentType": 12345}'},
}
CASES = [
    *[(code, fault) for code in WRITING for fault in FAULTS],
    *[(code, "no-transaction") for code in CHANGING if code not in WRITING],
]


@requirement("ENR-INTACT-01-{operation}")
@pytest.mark.parametrize(("operation", "fault"), CASES)
def test_a_bad_request_changes_nothing(enrollments, operation, fault):
    subject = OperationCase(enrollments, operation)
    subject.remember()
    response = subject.call(**FAULTS[fault])
    if response.status in SUCCESS and fault == "wrong-type":
        raise Inapplicable("this server takes a value of a wrong type, and drops or changes it")
    if response.status in SUCCESS:
        cannot_tell("the bad request was accepted, which is judged elsewhere")
    subject.expect_no_effect(response)
