"""Input that schemathesis generates from the OpenAPI file, for every operation."""

import pytest

from osia_conformance.checks.assertions import expect, expect_json, expect_status, listed
from osia_conformance.checks.enrollment.operation_cases import CODES, OperationCase, to_be_refused
from osia_conformance.checks.generation.answers import ANY_BUT_5XX, documented, expect_fits
from osia_conformance.checks.generation.calls import WITH_A_BODY, prepared, send
from osia_conformance.checks.generation.inputs import Input, broken_bodies, odd_inputs, valid_inputs
from osia_conformance.checks.given import given
from osia_conformance.checks.marks import requirement
from osia_conformance.checks.vendor_spec.drawing import vendor_broken, vendor_odd, vendor_valid
from osia_conformance.target.statuses import REFUSED, SUCCESS, precondition

SAME_BODIES = ("CREATE", "UPDATE")
OPERATIONS = pytest.mark.parametrize("operation", CODES)


def valid(enrollments, specification, operation, spec):
    if spec is not None:
        return vendor_valid(spec, specification.version, operation, enrollments.payloads)
    return valid_inputs(specification.version, operation, enrollments.payloads)


def odd(specification, operation, spec):
    if spec is not None:
        return vendor_odd(spec, specification.version, operation)
    return odd_inputs(specification.version, operation)


def broken(enrollments, specification, operation, spec):
    if spec is not None:
        return vendor_broken(spec, specification.version, operation, enrollments.payloads)
    return broken_bodies(specification.version, operation, enrollments.payloads)


@requirement("ENR-GENERATED-01-{operation}")
@OPERATIONS
@given(drawn=valid, alike=SAME_BODIES)
def test_valid_input_is_answered_as_documented(enrollments, specification, operation, drawn):
    call = prepared(enrollments, operation, drawn)
    response = send(OperationCase(enrollments, operation), call)
    without_body = call.body is None and operation in WITH_A_BODY
    expect_status(response, documented(specification, response), *([REFUSED] if without_body else []))
    if response.status in SUCCESS:
        expect_fits(specification, precondition(response), filtered="attributes" in dict(drawn.query))


@requirement("ENR-GENERATED-02-{operation}")
@OPERATIONS
@given(drawn=odd)
def test_no_input_is_answered_with_a_server_error(enrollments, specification, operation, drawn):
    response = send(OperationCase(enrollments, operation), prepared(enrollments, operation, drawn))
    expect_status(response, ANY_BUT_5XX)


@requirement("ENR-GENERATED-03-{operation}")
@pytest.mark.parametrize("operation", ["CREATE", "UPDATE", "PATCH"])
@given(body=broken, alike=SAME_BODIES)
def test_a_body_that_breaks_the_schema_is_not_taken(enrollments, specification, operation, body):
    subject = to_be_refused(enrollments, operation)
    response = send(subject, prepared(enrollments, operation, Input((), body)))
    expect_status(response, 400, SUCCESS, sent="a body that breaks the schema")
    if response.status in SUCCESS:
        record = expect_json(subject.enrollment.read())
        found = [breach.fact for breach in specification.breaches("Enrollment", record)]
        expect(not found, "400, or the value not answered back", f"the record breaks {listed(found)}", response)


@requirement("ENR-GENERATED-03-{operation}")
@pytest.mark.parametrize("operation", ["FIND"])
@given(body=broken)
def test_a_search_that_breaks_the_schema_is_refused(enrollments, specification, operation, body):
    response = send(to_be_refused(enrollments, operation), prepared(enrollments, operation, Input((), body)))
    expect_status(response, 400, sent="a search that breaks the schema")
