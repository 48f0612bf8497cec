"""transactionId: required on every operation."""

import pytest

from osia_conformance.checks import expect_status, requirement
from osia_conformance.checks.enrollment import OPERATION_CODES, case_to_refuse


@requirement("ENR-TXN-01-{operation}")
@pytest.mark.parametrize("operation", OPERATION_CODES)
def test_without_a_transaction_id_the_call_is_refused(enrollments, operation):
    response = case_to_refuse(enrollments, operation).call(transaction=False)
    expect_status(response, 400, sent="a call without transactionId")
