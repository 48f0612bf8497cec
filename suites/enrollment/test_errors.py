"""The body of a 400 (1.1.0 on): it is JSON, and keeps to the Error schema."""

import pytest

from osia_conformance.checks import NotJson, cannot_tell, expect, expect_json, precondition, requirement
from osia_conformance.checks.enrollment import OPERATION_CODES, OperationCase, case_to_refuse

FACTS = ("ERROR-TYPE", "ERROR-REQUIRED", "ERROR-FORMAT", "ERROR-ADDITIONALPROPERTIES")


@requirement("ENR-ERROR-02-{operation}")
@pytest.mark.parametrize("operation", OPERATION_CODES)
def test_a_400_has_a_json_body(enrollments, operation):
    response = precondition(case_to_refuse(enrollments, operation).call(transaction=False), 400)
    kind = response.media_type or "absent"
    expect(kind == "application/json", "a 400 with a body of application/json", f"the content type is {kind}", response)
    expect_json(response)


def parsed(response):
    try:
        return response.json()
    except NotJson:
        cannot_tell("a 400 has no JSON body, which is judged elsewhere")


@pytest.fixture
def errors(enrollments, once):
    """Let each operation refuse a bad request, and return the 400s with their JSON; all facts are judged on these."""

    def refused():
        for operation in OPERATION_CODES:
            response = OperationCase(enrollments, operation).call(transaction=False)
            if response.status == 400:
                yield response, parsed(response)

    return lambda: once("errors", refused)


@requirement("ENR-ANSWER-{fact}")
@pytest.mark.parametrize("fact", FACTS)
def test_a_400_keeps_to_the_error_schema(errors, specification, fact):
    response = None
    for response, error in errors():
        found = [one for one in specification.breaches("Error", error) if one.fact == fact]
        words = "; ".join(f"{one.path}: {one.message}" for one in found)
        expect(not found, f"an error that fits its schema ({fact})", words, response)
    if response is None:
        cannot_tell("no bad request was answered with a 400")
