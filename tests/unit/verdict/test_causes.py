"""Findings by cause."""

from __future__ import annotations

import random
from typing import Any

import pytest

from osia_conformance.verdict.causes import causes_phrase
from osia_conformance.verdict.derivation import derive
from tests.unit.verdict.test_derivation import FOOTER, HEADER, check, register

KNOWN = register(*({"id": f"ENR-{name}-01"} for name in "ABCDE"), {"id": "ENR-F-01", "level": "SHOULD"})
Record = dict[str, Any]


def finding(name: str, operation: str, status: int | None = None, *members: str, **more: Any) -> Record:
    told = {"operation": operation, "status": status, "members": list(members)}
    words = {"expected": "400 Bad Request to a call", "actual": f"{operation} answered {status}", **more}
    return check(f"ENR-{name}-01", "failed", symptom=told, **words)


def searched(name: str, operator: str, **words: str) -> Record:
    line = finding(name, "findEnrollments", None, **words)
    return {**line, "symptom": {**line["symptom"], "search": operator}}


def causes(*lines: Record) -> list[list[str]]:
    return [cause["requirements"] for cause in derive([HEADER, *lines, FOOTER], KNOWN)["causes"]]


def test_the_same_code_in_place_of_the_same_is_one_cause_whatever_the_operation_and_what_was_sent() -> None:
    one, other = finding("A", "createEnrollment", 422), finding("B", "readEnrollment", 422)
    assert causes(one, {**other, "expected": "400 Bad Request to another call"}) == [["ENR-A-01", "ENR-B-01"]]


@pytest.mark.parametrize("status", [302, 500])
def test_a_redirect_or_a_server_error_is_one_whatever_was_expected(status: int) -> None:
    one = finding("A", "createEnrollment", status)
    assert causes(one, finding("B", "readEnrollment", status, expected="200 OK")) == [["ENR-A-01", "ENR-B-01"]]


def test_other_codes_and_other_expectations_are_other_causes() -> None:
    lines = [
        finding("A", "createEnrollment", 200),
        finding("B", "createEnrollment", 422),
        finding("C", "createEnrollment", 200, expected="404 Not Found"),
        finding("D", "createEnrollment", None, "$.a"),
        finding("E", "createEnrollment", None, "$.b"),
    ]
    assert causes(*lines) == [[f"ENR-{name}-01"] for name in "ABCDE"]


def test_searches_with_the_same_operator_are_one_cause_whatever_they_compare() -> None:
    ages, names = "for age < 10: the enrollments with 9", 'for name < "b": the enrollments with no value'
    lines = [
        searched("A", "<", expected=ages, actual="it found those with 100"),
        searched("B", "<", expected=names, actual="it found none"),
        searched("C", "<=", expected=ages.replace("<", "<="), actual="it found those with 100"),
    ]
    assert causes(*lines) == [["ENR-A-01", "ENR-B-01"], ["ENR-C-01"]]
    [first, _] = derive([HEADER, *lines, FOOTER], KNOWN)["causes"]
    assert first["title"] == "searches with < find others than they should (several operations)"


def test_the_causes_with_most_findings_come_first_and_those_of_what_only_should_be_last() -> None:
    lines = [
        finding("F", "readEnrollment", 404),
        finding("A", "createEnrollment", 200),
        finding("B", "createEnrollment", 422),
        finding("C", "createEnrollment", 422),
    ]
    assert causes(*lines) == [["ENR-B-01", "ENR-C-01"], ["ENR-A-01"], ["ENR-F-01"]]


def test_the_order_of_the_journal_changes_nothing() -> None:
    lines = [finding(name, "createEnrollment", 400 + number // 2) for number, name in enumerate("ABCDE")]
    lines += [{**line, "id": "other", "symptom": {**line["symptom"], "status": 500}} for line in lines]
    shuffled = random.Random(1).sample(lines, len(lines))
    one, other = (derive([HEADER, *order, FOOTER], KNOWN) for order in (lines, shuffled))
    assert one["causes"] == other["causes"]
    assert [entry.get("cause") for entry in one["requirements"]] == [
        entry.get("cause") for entry in other["requirements"]
    ]


def test_a_title_says_what_the_findings_have_in_common() -> None:
    lines = [finding(name, operation, 422) for name, operation in (("A", "createEnrollment"), ("B", "readEnrollment"))]
    named = [{**line, "operation": line["symptom"]["operation"]} for line in lines]
    (cause,) = derive([HEADER, *named, FOOTER], KNOWN)["causes"]
    assert cause["title"] == (
        "422 where another answer is expected: 400 Bad Request (createEnrollment, readEnrollment)"
    )


def test_the_success_of_each_operation_is_one_where_a_refusal_is_expected() -> None:
    calls = [("A", "createEnrollment", 204), ("B", "createBuffer", 201), ("C", "readEnrollment", 200), ("D", "*", 200)]
    lines = [{**finding(name, operation, status), "operation": operation} for name, operation, status in calls]
    (cause,) = derive([HEADER, *lines, FOOTER], KNOWN)["causes"]
    assert cause["title"] == (
        "a success where another answer is expected: 400 Bad Request (createEnrollment, createBuffer, readEnrollment)"
    )


def test_a_wrong_success_is_not_the_one_that_a_refusal_should_have_been() -> None:
    created = {**finding("A", "createEnrollment", 200), "expected": "204 No Content"}
    assert causes(created, finding("B", "createEnrollment", 200)) == [["ENR-A-01"], ["ENR-B-01"]]


@pytest.mark.parametrize(
    ("lines", "phrase"),
    [
        ([], ""),
        ([finding("A", "createEnrollment", 422)], "1 finding"),
        ([finding(name, "createEnrollment", 422) for name in "ABC"], "3 findings, about 1 cause"),
        ([finding("A", "createEnrollment", 422), finding("B", "createEnrollment", 404)], "2 findings, about 2 causes"),
    ],
)
def test_the_phrase_counts_findings_and_causes(lines: list[Record], phrase: str) -> None:
    assert causes_phrase(derive([HEADER, *lines, FOOTER], KNOWN)) == phrase
