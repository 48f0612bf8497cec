"""Schema facts: what answers must keep to, and what requests must not get away with."""

import pytest

from osia_conformance.checks import (
    BAD_REQUEST,
    expect,
    expect_status,
    json_body,
    object_at,
    requirement,
    versions,
)
from osia_conformance.checks.enrollment import (
    EXTENSION,
    base64_png,
    case_to_refuse,
    change_of_fault,
    expect_badly_formed_string_answered,
    expect_fault_refused_or_dropped,
    expect_refused_or_completed,
    expect_schema_fact,
    expect_search_refused,
    expect_search_refused_or_unknown_member_ignored,
    read_and_found,
    schema_fault_cases,
)

ANSWER_FACTS = [
    *("ENROLLMENT-TYPE", "ENROLLMENT-REQUIRED", "ENROLLMENT-ENUM"),
    *("REQUESTDATA-TYPE", "ENROLLMENTFLAGS-TYPE", "BIOGRAPHICDATA-TYPE"),
    *("BIOMETRICDATA-TYPE", "BIOMETRICDATA-REQUIRED", "BIOMETRICDATA-FORMAT"),
    *("BIOMETRICTYPE-ENUM", "BIOMETRICSUBTYPE-ENUM", "IMPRESSIONTYPE-ENUM", "COMPRESSIONTYPE-ENUM"),
    *("DOCUMENTDATA-TYPE", "DOCUMENTDATA-REQUIRED", "DOCUMENTDATA-MINITEMS", "DOCUMENTTYPE-TYPE"),
    *("ENROLLMENT-ADDITIONALPROPERTIES", "BIOMETRICDATA-ADDITIONALPROPERTIES", "CONTEXTUALDATA-TYPE"),
    *("MISSINGTYPE-TYPE", "MISSINGTYPE-ENUM", "MISSINGTYPE-ADDITIONALPROPERTIES"),
    *("TEMPLATEFORMAT-TYPE", "QUALITYFORMAT-TYPE", "DOCUMENTDATA-ENUM", "DOCUMENTTYPE-ENUM"),
    *("DOCUMENTDATA-ADDITIONALPROPERTIES", "DOCUMENTPART-ADDITIONALPROPERTIES"),
    *("DOCUMENTPART-TYPE", "DOCUMENTPART-MINITEMS", "DOCUMENTPART-FORMAT"),
]
SEARCHES = {
    "EXPRESSION-TYPE": {
        "text": ["lastName=muster"],
        "name-as-number": [{"attributeName": 1, "operator": "=", "value": "a"}],
    },
    "EXPRESSION-REQUIRED": {
        "no-name": [{"operator": "=", "value": "a"}],
        "no-operator": [{"attributeName": "lastName", "value": "a"}],
        "no-value": [{"attributeName": "lastName", "operator": "="}],
    },
    "EXPRESSION-ENUM": {
        name: [{"attributeName": "lastName", "operator": operator, "value": "muster"}]
        for name, operator in {
            "like": "LIKE",
            "doubled": "==",
            "tilde": "~",
            "empty": "",
            "unequal": "<>",
        }.items()
    },
    "EXPRESSION-ONEOF": {
        name: [{"attributeName": "lastName", "operator": "=", "value": value}]
        for name, value in {"object": {"a": 1}, "list": ["muster"], "null": None}.items()
    },
}


def rich(enrollments):
    """Return an enrollment in which every schema has something to keep to."""
    body, payloads = enrollments.canonical(), enrollments.payloads
    images = {"image": base64_png(), "imageRef": "http://127.0.0.1/image?id=1"}
    body["biometricData"].append(payloads.fingerprint("LEFT_INDEX", **images))
    body["biometricData"].append(payloads.rich_fingerprint())
    body["documentData"].append(payloads.passport("second", data=base64_png(), dataRef="http://127.0.0.1/page"))
    return body


@pytest.fixture
def answers(enrollments, payloads, once):
    """Read and find an enrollment with images if the server takes it, one without, and the smallest one.

    All facts are judged on the same answers.
    """

    def fetched():
        bodies = {
            "an enrollment with images": rich(enrollments),
            "the canonical enrollment": enrollments.canonical(),
            "an enrollment of the required members": payloads.minimal(),
        }
        return read_and_found(enrollments, bodies)

    return lambda: once("answers of enrollments", fetched)


@requirement("ENR-ANSWER-{fact}")
@pytest.mark.parametrize("fact", ANSWER_FACTS)
def test_answers_keep_to_the_schema(enrollments, answers, fact):
    expect_schema_fact(enrollments, fact, answers())


@requirement("ENR-ANSWER-STATUS")
def test_answers_have_a_status(answers):
    for response, record in answers():
        expect("status" in object_at(record), "an enrollment with its status", "there is none", response)


@requirement("ENR-INPUT-{fact}")
@pytest.mark.parametrize(("fact", "case", "operation"), schema_fault_cases(formats=False))
def test_a_body_that_breaks_the_schema_is_not_taken(enrollments, fact, case, operation):
    subject = case_to_refuse(enrollments, operation)
    expect_fault_refused_or_dropped(subject, change_of_fault(subject, fact, case))


@requirement("ENR-INPUT-{fact}")
@pytest.mark.parametrize(("fact", "case", "operation"), schema_fault_cases(formats=True))
def test_a_badly_formed_string_is_no_server_error(enrollments, fact, case, operation):
    subject = case_to_refuse(enrollments, operation)
    expect_badly_formed_string_answered(subject, change_of_fault(subject, fact, case))


@requirement("ENR-INPUT-ENROLLMENT-REQUIRED")
@pytest.mark.parametrize("operation", ["CREATE", "UPDATE"])
@pytest.mark.parametrize(
    "member",
    [
        pytest.param("status", marks=versions("==1.0.0")),
        "enrollmentType",
        pytest.param("biometricData", marks=versions("==1.0.0")),
    ],
)
def test_a_body_without_a_required_member_is_refused_or_completed(enrollments, operation, member):
    subject = case_to_refuse(enrollments, operation)
    body = enrollments.canonical()
    del body[member]
    expect_refused_or_completed(subject, body, member)


@requirement("ENR-INPUT-EXPRESSIONS-TYPE")
def test_a_search_that_is_no_list_is_refused(enrollments, payloads):
    expression = {"attributeName": payloads.marker, "operator": "=", "value": enrollments.marker}
    expect_status(enrollments.find(body=json_body(expression)), BAD_REQUEST)


@requirement("ENR-INPUT-{fact}")
@pytest.mark.parametrize(("fact", "case"), [(fact, case) for fact in SEARCHES for case in SEARCHES[fact]])
def test_an_expression_that_breaks_the_schema_is_refused(enrollments, fact, case):
    expect_search_refused(case_to_refuse(enrollments, "FIND").enrollments, *SEARCHES[fact][case])


@requirement("ENR-INPUT-EXPRESSION-ADDITIONALPROPERTIES")
def test_an_unknown_member_of_an_expression_is_refused_or_ignored(enrollments, payloads):
    enrollments.created()
    plain = {"attributeName": payloads.marker, "operator": "=", "value": enrollments.marker}
    response = enrollments.find(body=json_body([{**plain, EXTENSION: "of no schema"}]))
    expect_search_refused_or_unknown_member_ignored(enrollments, plain, response)
