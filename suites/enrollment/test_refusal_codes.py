"""The code of a refusal: 400 is the one that the standard documents for a bad request."""

import pytest

from osia_conformance.checks import BAD_REQUEST, Inapplicable, expect_status, requirement
from osia_conformance.checks.enrollment import BAD_REQUESTS, bad_request_cases, refusal_of


@requirement("ENR-REFUSAL-01-{operation}")
@pytest.mark.parametrize(
    ("operation", "fault"), [case for case in bad_request_cases() if case.values[1] != "malformed-token"]
)
def test_a_bad_request_is_refused_with_400(enrollments, operation, fault):
    response = refusal_of(enrollments, operation, fault)
    if response.status not in BAD_REQUEST:
        raise Inapplicable(f"{BAD_REQUESTS[fault].words} is not refused as a bad request, which is judged elsewhere")
    expect_status(response, 400, sent=BAD_REQUESTS[fault].words)
