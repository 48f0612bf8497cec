"""What a request sends, in words: its operation, and what is not plain in it."""

from __future__ import annotations

from typing import Any

import pytest

from osia_conformance.standard.operations import by_code
from osia_conformance.standard.specification import load_specification
from osia_conformance.standard.versions import newest
from osia_conformance.target.enrollment.payloads import Payloads
from osia_conformance.target.enrollment.sent_words import sent_words
from osia_conformance.target.request import BINARY, Request, json_body

NEWEST = newest()
PAYLOADS = Payloads(load_specification(NEWEST))
PLAIN = PAYLOADS.canonical("osiaabcdefghabcdefghij")


def words(code: str, body: Any = None, **members: Any) -> str:
    data = body if body is None or isinstance(body, bytes) else json_body(body)
    return sent_words(Request(by_code(NEWEST)[code], "an-id", body=data, **members), PAYLOADS)


def search(*expressions: Any) -> str:
    return words("FIND", list(expressions))


def test_a_plain_call_is_its_operation_alone() -> None:
    assert words("CREATE", PLAIN) == "createEnrollment"
    assert words("READ", headers=[("Accept-Encoding", "identity")]) == "readEnrollment"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({**PLAIN, "enrollmentType": True}, "createEnrollment with $.enrollmentType true"),
        ({**PLAIN, "biometricData": []}, "createEnrollment with $.biometricData []"),
        (
            {**PLAIN, "a": 1, "b": {"c": None}, "d": "é" * 80, "e": 2},
            f'createEnrollment with $.a 1, $.b.c null, $.d "{"é" * 58}…" (80 characters), 1 more',
        ),
        ([1], "createEnrollment with the body [1]"),
        (b"{", "createEnrollment with a body of 1 bytes that is no JSON, or too deep"),
        (None, "createEnrollment with no body"),
    ],
)
def test_of_a_body_it_names_what_the_canonical_enrollment_has_not(body: Any, said: str) -> None:
    assert words("CREATE", body) == said


def test_a_patch_and_a_search_are_told_as_they_are() -> None:
    patch = {"biographicData": {"firstName": None}}
    assert words("PATCH", patch) == "partialUpdateEnrollment with $.biographicData.firstName null"
    assert search({"attributeName": "a", "operator": "=", "value": "it's"}) == 'findEnrollments with a = "it\'s"'
    assert search({"operator": None}, 7) == (
        "findEnrollments with (no attributeName) null (no value), the expression 7"
    )


def test_what_stands_beside_the_body_is_named() -> None:
    assert words("FINALIZE", transaction=False) == "finalizeEnrollment with no transactionId"
    assert words("READ", query=[("attributes", "x")], transaction="a b") == (
        'readEnrollment with the transactionId "a b", the parameter attributes "x"'
    )
    assert words("BUFWRITE", b"abc", content_type="image/jp2", headers=[("Digest", "md5=x")]) == (
        'createBuffer with the header Digest "md5=x", the content type image/jp2, a buffer of 3 bytes'
    )
    assert words("BUFWRITE", b"abc", content_type=BINARY) == "createBuffer with a buffer of 3 bytes"
    long = Request(by_code(NEWEST)["DELETE"], "x" * 40)
    assert sent_words(long, PAYLOADS) == f'deleteEnrollment with the id "{"x" * 40}"'
