"""Input that schemathesis generates from the OpenAPI file, for every operation."""

import pytest

from osia_conformance.checks import given, requirement
from osia_conformance.expectations import DONE, REFUSED, expect, expect_json, expect_status, listed, precondition
from osia_conformance.generated.answers import ANY_BUT_5XX, documented, expect_fits
from osia_conformance.generated.calls import WITH_A_BODY, prepared, send
from osia_conformance.generated.inputs import Input, broken_bodies, odd_inputs, valid_inputs
from osia_conformance.subjects import CODES, Subject, to_be_refused
from osia_conformance.vendor.drawing import vendor_broken, vendor_odd, vendor_valid

SAME_BODIES = ("CREATE", "UPDATE")
OPERATIONS = pytest.mark.parametrize("operation", CODES)


def valid(enrollments, specification, operation, spec):
    if spec is not None:
        return vendor_valid(spec, specification.version, operation, enrollments.samples)
    return valid_inputs(specification.version, operation, enrollments.samples)


def odd(specification, operation, spec):
    if spec is not None:
        return vendor_odd(spec, specification.version, operation)
    return odd_inputs(specification.version, operation)


def broken(enrollments, specification, operation, spec):
    if spec is not None:
        return vendor_broken(spec, specification.version, operation, enrollments.samples)
    return broken_bodies(specification.version, operation, enrollments.samples)


@requirement("ENR-GENERATED-01-{operation}")
@OPERATIONS
@given(drawn=valid, alike=SAME_BODIES)
def test_valid_input_is_answered_as_documented(enrollments, specification, operation, drawn):
    call = prepared(enrollments, operation, drawn)
    answer = send(Subject(enrollments, operation), call)
    without_body = call.body is None and operation in WITH_A_BODY
    expect_status(answer, documented(specification, answer), *([REFUSED] if without_body else []))
    if answer.status in DONE:
        expect_fits(specification, precondition(answer), filtered="attributes" in dict(drawn.query))


@requirement("ENR-GENERATED-02-{operation}")
@OPERATIONS
@given(drawn=odd)
def test_no_input_is_answered_with_a_server_error(enrollments, specification, operation, drawn):
    answer = send(Subject(enrollments, operation), prepared(enrollments, operation, drawn))
    expect_status(answer, ANY_BUT_5XX)


@requirement("ENR-GENERATED-03-{operation}")
@pytest.mark.parametrize("operation", ["CREATE", "UPDATE", "PATCH"])
@given(body=broken, alike=SAME_BODIES)
def test_a_body_that_breaks_the_schema_is_not_taken(enrollments, specification, operation, body):
    subject = to_be_refused(enrollments, operation)
    answer = send(subject, prepared(enrollments, operation, Input((), body)))
    expect_status(answer, 400, DONE, sent="a body that breaks the schema")
    if answer.status in DONE:
        record = expect_json(subject.enrollment.read())
        found = [breach.fact for breach in specification.breaches("Enrollment", record)]
        expect(not found, "400, or the value not answered back", f"the record breaks {listed(found)}", answer)


@requirement("ENR-GENERATED-03-{operation}")
@pytest.mark.parametrize("operation", ["FIND"])
@given(body=broken)
def test_a_search_that_breaks_the_schema_is_refused(enrollments, specification, operation, body):
    answer = send(to_be_refused(enrollments, operation), prepared(enrollments, operation, Input((), body)))
    expect_status(answer, 400, sent="a search that breaks the schema")
