"""What a stranger reads of a failure: what the server did, what the standard wants and where, and how to see it."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.test_violations import ALL

BY_NAME = {violation.name: violation for violation in ALL}
SAID = {
    "create-names-nothing": (
        "ENR-CREATE-01",
        r"expected enrollmentId [-0-9a-f]{36}; enrollmentId is absent or null",
        "POST",
    ),
    "refused-patch-is-stored": (
        "ENR-INTACT-01-PATCH",
        r'expected the enrollment as it was before; \$\.enrollmentType is 12345 instead of "citizen"; '
        r'\$\.biographicData\.gender is "X" instead of "M"',
        "GET",
    ),
    "patch-is-shallow": (
        "ENR-PATCH-02",
        r"expected what the patch does not name, as sent; \$\.biographicData\.firstName is missing; .*",
        "GET",
    ),
    "inputs-may-break-biometrictype-enum": (
        "ENR-INPUT-BIOMETRICTYPE-ENUM",
        r"expected a refusal, or the faulty value not answered back; the record holds it at "
        r'\$\.biometricData\[0\]\.biometricType: "EAR" is none of "FACE", .*',
        "GET",
    ),
    "answers-break-biometricdata-format": (
        "ENR-ANSWER-BIOMETRICDATA-FORMAT",
        r"expected an enrollment that fits its schema \(BIOMETRICDATA-FORMAT\); "
        r'\$\.biometricData\[0\]\.imageRef: ".*" is not of the format uri \(RFC 3986, with a scheme\).*',
        "GET",
    ),
    "find-compares-numbers-as-text": (
        "ENR-FIND-07",
        r"expected for timeout < 10\.25: the enrollments with 9\.5; it found none",
        "POST",
    ),
    "ids-cut-when-stored": (
        "ENR-CREATE-15",
        r"expected the enrollment that was accepted; readEnrollment answered 404 Not Found",
        "GET",
    ),
    "inputs-are-refused-with-422": (
        "ENR-REFUSAL-01-CREATE",
        r"expected 400 Bad Request to an enrollmentType that is a number; "
        r"createEnrollment answered 422 Unprocessable Entity",
        "POST",
    ),
    "transaction-missing-is-422": (
        "ENR-REFUSAL-01-READ",
        r"expected 400 Bad Request to a call without transactionId; readEnrollment answered 422 Unprocessable Entity",
        "GET",
    ),
    "find-answers-an-object": (
        "ENR-FIND-12",
        r"expected a body as it is documented; it is JSON, but an object instead of an array, and is withheld, "
        r"since it may be of somebody else",
        "POST",
    ),
    "scopes-are-all-the-same": (
        "ENR-SCOPE-02-READ",
        r".* to a valid token without enroll\.read \(its scopes are enroll\.write\); .* answered 200 OK",
        "GET",
    ),
    "tokens-may-be-unsigned-in-capitals": (
        "ENR-TOKEN-06-READ",
        r"expected 401 or 403 to an unsigned token \(alg NONE\); readEnrollment answered 200 OK",
        "GET",
    ),
    "tokens-never-expire": (
        "ENR-TOKEN-03-READ",
        r"expected 401 or 403 to a token that expired more than an hour ago; readEnrollment answered 200 OK",
        "GET",
    ),
}


@pytest.mark.parametrize("name", SAID)
def test_a_failure_says_what_came_and_its_last_call_shows_it(name: str) -> None:
    requirement, words, method = SAID[name]
    violation = BY_NAME[name]
    entry = violation.judge(violation.ends()[-1], requirement).requirement(requirement)
    assert re.fullmatch(words, entry["reason"]), entry["reason"]
    assert re.search(r"enrollment\.yaml#/|RFC \d+|OSIA, ", entry["clause"])
    failed: list[Any] = [check for check in entry["checks"] if check["outcome"] == "failed"]
    for check in failed:
        assert check["reason"] == f"expected {check['expected']}; {check['actual']}"
        assert re.match(f"curl -sS -i -X {method} ", check["curl"].splitlines()[-1])
        assert check["evidence"]
