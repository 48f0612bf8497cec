"""Answered enrollments, and the judgement of whether they keep to one fact of the schema (RUL-FORMAT)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from osia_conformance.checks.assertions import expect_json
from osia_conformance.standard.specification import Specification
from osia_conformance.target.enrollment.enrollments import Enrollments, records_in
from osia_conformance.target.enrollment.payloads import Json
from osia_conformance.target.enrollment.read_only import ReadOnlyEnrollments
from osia_conformance.target.outcome_errors import Untested, Violation
from osia_conformance.target.response import Response
from osia_conformance.target.statuses import precondition
from osia_conformance.verdict.symptom import of_members


def read_and_found(enrollments: Enrollments, bodies: Mapping[str, Json]) -> Iterator[tuple[Response, Json]]:
    """Yield each enrollment as it is read and as it is found, with its answer; those refused are passed over."""
    for enrollment in enrollments.several(bodies):
        response = precondition(enrollment.read(), 200)
        yield response, expect_json(response)
        found = precondition(enrollments.find(), 200, 404)
        for record in records_in(found):
            yield found, record


def expect_schema_fact(enrollments: Enrollments, fact: str, answers: Iterable[tuple[Response, Json]]) -> None:
    """Judge that no answered enrollment breaks a schema fact such as INTEGRITY-TYPE.

    `answers` are those of `read_and_found`. Raises Violation; Untested in a run that only reads, for what no
    record holds.
    """
    specification = enrollments.session.specification
    met: set[str] = set()
    for response, record in answers:
        _expect_kept(specification, fact, response, record)
        met |= specification.schemas_in("Enrollment", record)
    schema = fact.rpartition("-")[0]
    if isinstance(enrollments, ReadOnlyEnrollments) and schema not in {name.upper() for name in met}:
        raise Untested(f"this run only reads, and no record of [read-only] holds anything of this schema ({schema})")


def _expect_kept(specification: Specification, fact: str, response: Response, record: Json) -> None:
    found = [breach for breach in specification.breaches("Enrollment", record) if breach.fact == fact]
    words = "; ".join(map(str, found[:3]))
    if found:
        symptom = of_members(response.operation, (breach.path for breach in found))
        raise Violation(f"an enrollment that fits its schema ({fact})", words, response, symptom)
