"""The body of a 400 (1.1.0 on) and of a 500: it is JSON, and keeps to the Error schema."""

from contextlib import suppress

import pytest

from osia_conformance.checks import (
    Inapplicable,
    NotJson,
    Untested,
    by_code,
    expect,
    expect_json,
    last,
    requirement,
)
from osia_conformance.checks.enrollment import (
    BAD_REQUESTS,
    OPERATION_CODES,
    bad_request_cases,
    bad_request_kinds,
    refusal_of,
)

FACTS = pytest.mark.parametrize("fact", ["ERROR-TYPE", "ERROR-REQUIRED", "ERROR-FORMAT", "ERROR-ADDITIONALPROPERTIES"])


def expect_json_error(response):
    """Judge that an error has a body of application/json, and return it parsed."""
    kind = response.media_type or "absent"
    wanted = f"a {response.status} with a body of application/json"
    expect(kind == "application/json", wanted, f"the content type is {kind}", response)
    return expect_json(response)


def expect_fact(specification, fact, responses):
    """Judge the JSON bodies of 400s by a fact of the Error schema; those without JSON are judged elsewhere."""
    count = 0
    for response in responses:
        try:
            found = [one for one in specification.breaches("Error", response.json()) if one.fact == fact]
        except NotJson:
            continue
        count += 1
        words = "; ".join(map(str, found))
        expect(not found, f"an error that fits its schema ({fact})", words, response)
    if not count:
        raise Inapplicable("no bad request of this kind was answered 400 with a JSON body")


def refused_with_400(enrollments, operation, fault):
    """Return the 400 to a bad request; Inapplicable if it is answered otherwise, which is judged elsewhere."""
    try:
        response = refusal_of(enrollments, operation, fault)
    except Untested as error:
        raise Inapplicable(f"{BAD_REQUESTS[fault].words} cannot be sent: {error.reason}") from error
    if response.status != 400:
        raise Inapplicable(f"{BAD_REQUESTS[fault].words} is not answered 400")
    return response


def all_refused_with_400(enrollments, fault):
    """Yield the 400s to a kind of bad request, of each operation that can have it."""
    for operation in BAD_REQUESTS[fault].operations:
        with suppress(Inapplicable):
            yield refused_with_400(enrollments, operation, fault)


@requirement("ENR-ERROR-02-{operation}")
@pytest.mark.parametrize(("operation", "fault"), bad_request_cases())
def test_a_400_has_a_json_body(enrollments, operation, fault):
    expect_json_error(refused_with_400(enrollments, operation, fault))


@requirement("ENR-ANSWER-{fact}")
@pytest.mark.parametrize("kind", bad_request_kinds())
@FACTS
def test_a_400_keeps_to_the_error_schema(enrollments, specification, fact, kind):
    expect_fact(specification, fact, all_refused_with_400(enrollments, kind))


@requirement("ENR-ERROR-02-{operation}")
@last
@pytest.mark.parametrize("operation", OPERATION_CODES)
def test_each_400_that_was_seen_has_a_json_body(seen_errors, specification, operation):
    response = None
    for response in seen_errors.answers(400, by_code(specification.version)[operation].id):
        expect_json_error(response)
    if response is None:
        raise Inapplicable("no call of this run was answered 400 by this operation")


@requirement("ENR-ANSWER-{fact}")
@last
@FACTS
def test_each_400_that_was_seen_keeps_to_the_error_schema(seen_errors, specification, fact):
    expect_fact(specification, fact, seen_errors.answers(400))


@requirement("ENR-ERROR-01")
@last
def test_each_500_that_was_seen_keeps_to_the_error_schema(seen_errors, specification):
    response = None
    for response in seen_errors.answers(500):
        found = specification.breaches("Error", expect_json_error(response))
        words = "; ".join(map(str, found))
        expect(not found, "a 500 whose body fits the Error schema", words, response)
    if response is None:
        raise Inapplicable("no call of this run was answered 500")
