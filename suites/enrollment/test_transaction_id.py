"""transactionId: required on every operation."""

import pytest

from osia_conformance.checks import requirement
from osia_conformance.expectations import expect_status
from osia_conformance.subjects import CODES, to_be_refused


@requirement("ENR-TXN-01-{operation}")
@pytest.mark.parametrize("operation", CODES)
def test_without_a_transaction_id_the_call_is_refused(enrollments, operation):
    answer = to_be_refused(enrollments, operation).call(transaction=False)
    expect_status(answer, 400, sent="a call without transactionId")
