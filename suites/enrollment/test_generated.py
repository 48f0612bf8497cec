"""Input that schemathesis generates from the OpenAPI file, for every operation."""

import pytest
from hypothesis import assume
from hypothesis import strategies as st

from osia_conformance.checks import given, requirement
from osia_conformance.expectations import DONE, expect, expect_json, expect_status, listed
from osia_conformance.generated import (
    Input,
    arbitrary_bodies,
    broken,
    broken_bodies,
    broken_expressions,
    broken_inputs,
    valid_inputs,
)
from osia_conformance.generated_answers import ANY_BUT_5XX, documented, expect_fits
from osia_conformance.generated_calls import WITH_A_BODY, prepared, send
from osia_conformance.subjects import CODES, Subject

OPERATIONS = pytest.mark.parametrize("operation", CODES)


@requirement("ENR-GENERATED-01-{operation}")
@OPERATIONS
@given(data=st.data())
def test_valid_input_is_answered_as_documented(enrollments, specification, operation, data):
    drawn = data.draw(valid_inputs(specification.version, operation))
    call = prepared(enrollments, operation, drawn)
    answer = send(Subject(enrollments, operation), call)
    expect_status(answer, documented(specification, answer))
    if answer.status in DONE:
        expect_fits(specification, answer, filtered="attributes" in dict(drawn.query))


@requirement("ENR-GENERATED-02-{operation}")
@OPERATIONS
@given(data=st.data())
def test_no_input_is_answered_with_a_server_error(enrollments, specification, operation, data):
    drawn = data.draw(broken_inputs(specification.version, operation))
    if operation in WITH_A_BODY and data.draw(st.booleans()):
        drawn = Input(drawn.query, data.draw(arbitrary_bodies()))
    answer = send(Subject(enrollments, operation), prepared(enrollments, operation, drawn))
    expect_status(answer, ANY_BUT_5XX)


@requirement("ENR-GENERATED-03-{operation}")
@pytest.mark.parametrize("operation", ["CREATE", "UPDATE", "PATCH"])
@given(data=st.data())
def test_a_body_that_breaks_the_schema_is_not_taken(enrollments, specification, operation, data):
    drawn = Input((), data.draw(broken_bodies(specification.version, operation)))
    call = prepared(enrollments, operation, drawn)
    assume(broken(specification.version, call.sent, partial=operation == "PATCH"))
    subject = Subject(enrollments, operation)
    answer = send(subject, call)
    expect_status(answer, 400, DONE)
    if answer.status in DONE:
        record = expect_json(subject.enrollment.read())
        found = [breach.fact for breach in specification.breaches("Enrollment", record)]
        expect(not found, "400, or the value not answered back", f"the record breaks {listed(found)}", answer)


@requirement("ENR-GENERATED-03-FIND")
@given(data=st.data())
def test_a_search_that_breaks_the_schema_is_refused(enrollments, specification, data):
    call = prepared(enrollments, "FIND", Input((), data.draw(broken_bodies(specification.version, "FIND"))))
    assume(broken_expressions(specification.version, call.sent))
    expect_status(send(Subject(enrollments, "FIND"), call), 400)
