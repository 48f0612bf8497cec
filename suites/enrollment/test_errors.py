"""The body of a 400 (1.1.0 on): it is JSON, and keeps to the Error schema."""

import pytest

from osia_conformance.checks import requirement
from osia_conformance.exchange import NotJson
from osia_conformance.expectations import expect, expect_json, give_up, precondition
from osia_conformance.subjects import CODES, Subject, to_be_refused

FACTS = ("ERROR-TYPE", "ERROR-REQUIRED", "ERROR-FORMAT", "ERROR-ADDITIONALPROPERTIES")


@requirement("ENR-ERROR-02-{operation}")
@pytest.mark.parametrize("operation", CODES)
def test_a_400_has_a_json_body(enrollments, operation):
    answer = precondition(to_be_refused(enrollments, operation).call(transaction=False), 400)
    kind = answer.media_type or "absent"
    expect(kind == "application/json", "a 400 with a body of application/json", f"the content type is {kind}", answer)
    expect_json(answer)


def parsed(answer):
    try:
        return answer.json()
    except NotJson:
        give_up("a 400 has no JSON body, which is judged elsewhere")


@pytest.fixture
def errors(enrollments):
    """Let each operation refuse a bad request, and return the 400s with their JSON; all facts are judged on these."""

    def refused():
        for operation in CODES:
            answer = Subject(enrollments, operation).call(transaction=False)
            if answer.status == 400:
                yield answer, parsed(answer)

    return lambda: enrollments.session.once("errors", refused)


@requirement("ENR-ANSWER-{fact}")
@pytest.mark.parametrize("fact", FACTS)
def test_a_400_keeps_to_the_error_schema(errors, specification, fact):
    answer = None
    for answer, error in errors():
        found = [one for one in specification.breaches("Error", error) if one.fact == fact]
        words = "; ".join(f"{one.path}: {one.message}" for one in found)
        expect(not found, f"an error that fits its schema ({fact})", words, answer)
    if answer is None:
        give_up("no bad request was answered with a 400")
