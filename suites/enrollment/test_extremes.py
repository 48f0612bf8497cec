"""Input that real servers stumble over: deep JSON, large numbers, characters that mean something to a database."""

import pytest

from osia_conformance.checks import (
    ANY_BUT_5XX,
    REFUSED,
    SUCCESS,
    cannot_tell,
    expect,
    expect_status,
    json_body,
    precondition,
    requirement,
    versions,
)
from osia_conformance.checks.enrollment import WRITING_OPERATIONS, OperationCase, search_expression

DEEP = 2000
VALUES = {
    "percent": "{0}%",
    "star": "{0}*",
    "apostrophe": "{0}'",
    "quote": '{0}"',
    "backslash": "{0}\\",
}


def asked(enrollments, form):
    """Ask for the enrollments with the marker in another form."""
    value = form.format(enrollments.marker)
    return enrollments.find(body=json_body([search_expression(enrollments.payloads.marker, "=", value)]))


@requirement("ENR-FIND-01")
def test_no_character_of_a_value_has_a_meaning_of_its_own(enrollments):
    wanted = enrollments.created()
    if not enrollments.eventually_found([wanted], judged=False):
        cannot_tell("the enrollment to search for was not found by its marker")
    # What a search without a match does is judged elsewhere.
    precondition(asked(enrollments, "{0}x"), SUCCESS, REFUSED)
    for form in VALUES.values():
        # A value that no record can have, by the server's own schema, may be refused.
        response = expect_status(asked(enrollments, form), SUCCESS, REFUSED)
        count = response.withheld + len(enrollments.named(response)) if response.status in SUCCESS else 0
        expect(not count, f"no enrollment with {form.format(enrollments.marker)}", f"{count} came", response)


@requirement("ENR-GENERATED-02-{operation}")
@pytest.mark.parametrize("operation", WRITING_OPERATIONS)
def test_deep_json_is_no_server_error(enrollments, operation):
    body = b'{"enrollmentType": ' + b"[" * DEEP + b"]" * DEEP + b"}"
    expect_status(OperationCase(enrollments, operation).call(body=body), ANY_BUT_5XX)


@requirement("ENR-GENERATED-02-FIND")
@versions(">=1.1.0")
@pytest.mark.parametrize("value", [10_001, 2**31, 2**63], ids=["beyond-a-window", "32-bits", "64-bits"])
@pytest.mark.parametrize("name", ["limit", "offset"])
def test_a_large_page_is_no_server_error(enrollments, name, value):
    expect_status(enrollments.find(query=[(name, str(value))]), ANY_BUT_5XX)
