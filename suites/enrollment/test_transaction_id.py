"""transactionId: required on every operation."""

import pytest

from osia_conformance.checks.assertions import expect_status
from osia_conformance.checks.enrollment.operation_cases import CODES, to_be_refused
from osia_conformance.checks.marks import requirement


@requirement("ENR-TXN-01-{operation}")
@pytest.mark.parametrize("operation", CODES)
def test_without_a_transaction_id_the_call_is_refused(enrollments, operation):
    response = to_be_refused(enrollments, operation).call(transaction=False)
    expect_status(response, 400, sent="a call without transactionId")
