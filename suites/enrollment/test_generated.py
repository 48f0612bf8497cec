"""Input that schemathesis generates from the OpenAPI file, for every operation."""

import pytest

from osia_conformance.checks import (
    ANY_BUT_5XX,
    BAD_REQUEST,
    REFUSED,
    SUCCESS,
    documented_codes,
    expect,
    expect_documented_body,
    expect_json,
    expect_status,
    given,
    listed,
    precondition,
    requirement,
)
from osia_conformance.checks.enrollment import (
    OPERATION_CODES,
    OPERATIONS_WITH_BODY,
    Input,
    OperationCase,
    broken_bodies,
    case_to_refuse,
    odd_inputs,
    prepared_call,
    send_prepared,
    valid_inputs,
    vendor_broken,
    vendor_odd,
    vendor_valid,
)

SAME_BODIES = ("CREATE", "UPDATE")
OPERATIONS = pytest.mark.parametrize("operation", OPERATION_CODES)


def valid(payloads, specification, operation, spec):
    if spec is not None:
        return vendor_valid(spec, specification.version, operation, payloads)
    return valid_inputs(specification.version, operation, payloads)


def odd(specification, operation, spec):
    if spec is not None:
        return vendor_odd(spec, specification.version, operation)
    return odd_inputs(specification.version, operation)


def broken(payloads, specification, operation, spec):
    if spec is not None:
        return vendor_broken(spec, specification.version, operation, payloads)
    return broken_bodies(specification.version, operation, payloads)


@requirement("ENR-GENERATED-01-{operation}")
@OPERATIONS
@given(drawn=valid, alike=SAME_BODIES)
def test_valid_input_is_answered_as_documented(enrollments, payloads, specification, operation, drawn):
    call = prepared_call(enrollments, operation, drawn)
    response = send_prepared(OperationCase(enrollments, operation), call)
    without_body = call.body is None and operation in OPERATIONS_WITH_BODY
    expect_status(response, documented_codes(specification, response), *([REFUSED] if without_body else []))
    if response.status in SUCCESS:
        expect_documented_body(specification, precondition(response), filtered="attributes" in dict(drawn.query))


@requirement("ENR-GENERATED-02-{operation}")
@OPERATIONS
@given(drawn=odd)
def test_no_input_is_answered_with_a_server_error(enrollments, specification, operation, drawn):
    response = send_prepared(OperationCase(enrollments, operation), prepared_call(enrollments, operation, drawn))
    expect_status(response, ANY_BUT_5XX)


@requirement("ENR-GENERATED-03-{operation}")
@pytest.mark.parametrize("operation", ["CREATE", "UPDATE", "PATCH"])
@given(body=broken, alike=SAME_BODIES)
def test_a_body_that_breaks_the_schema_is_not_taken(enrollments, payloads, specification, operation, body):
    subject = case_to_refuse(enrollments, operation)
    response = send_prepared(subject, prepared_call(enrollments, operation, Input((), body)))
    expect_status(response, BAD_REQUEST, SUCCESS, sent="a body that breaks the schema")
    if response.status in SUCCESS:
        shown = subject.enrollment.read()
        found = [breach.fact for breach in specification.breaches("Enrollment", expect_json(shown))]
        expect(not found, "a refusal, or the value not answered back", f"the record breaks {listed(found)}", shown)


@requirement("ENR-GENERATED-03-{operation}")
@pytest.mark.parametrize("operation", ["FIND"])
@given(body=broken)
def test_a_search_that_breaks_the_schema_is_refused(enrollments, payloads, specification, operation, body):
    response = send_prepared(
        case_to_refuse(enrollments, operation), prepared_call(enrollments, operation, Input((), body))
    )
    expect_status(response, BAD_REQUEST, sent="a search that breaks the schema")
