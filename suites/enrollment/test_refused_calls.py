"""A call that was refused as a bad request has changed nothing."""

import pytest

from osia_conformance.checks import requirement
from osia_conformance.expectations import DONE, Inapplicable, give_up
from osia_conformance.subjects import CHANGING, WRITING, Subject

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
    subject = Subject(enrollments, operation)
    subject.remember()
    answer = subject.call(**FAULTS[fault])
    if answer.status in DONE and fault == "wrong-type":
        raise Inapplicable("this server takes a value of a wrong type, and drops or changes it")
    if answer.status in DONE:
        give_up("the bad request was accepted, which is judged elsewhere")
    subject.expect_no_effect(answer)
