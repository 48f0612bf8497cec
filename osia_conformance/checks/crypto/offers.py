"""Encrypted enrollments offered to a server, which has to take what it cannot look into (RUL-ENCRYPTION)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from osia_conformance.checks.assertions import expect_status
from osia_conformance.checks.crypto.forms import create_in_any_form
from osia_conformance.support.json_types import Json
from osia_conformance.target.enrollment.enrollment import Enrollment
from osia_conformance.target.enrollment.enrollments import Enrollments
from osia_conformance.target.outcome_errors import CannotTell, WrongStatus
from osia_conformance.target.response import Response
from osia_conformance.target.statuses import BAD_REQUEST, REFUSALS, SUCCESS, precondition, status_phrase


def expect_one_accepted(
    enrollments: Enrollments, bodies: Mapping[str, Json]
) -> Iterator[tuple[str, Enrollment, Json, Response]]:
    """Create each body, in another form where one is refused; yield those that are taken, with label, the body as it
    was sent, and answer. Those refused are observed.

    If none was taken: WrongStatus where one was refused as a bad request; CannotTell where all were forbidden, or
    too large.
    """
    refused: dict[int, WrongStatus] = {}
    taken = 0
    for label, body in bodies.items():
        enrollment, sent, response = create_in_any_form(enrollments, body, label)
        if response.status in REFUSALS:
            words = f"{label}, encrypted, was refused with {status_phrase(response.status)}"
            enrollments.target.observe("RUL-ENCRYPTION", words, response)
            refused[response.status] = WrongStatus("one enrollment with an encrypted part accepted", words, response)
            continue
        expect_status(response, SUCCESS)
        taken += 1
        yield label, enrollment, sent, response
    if refused and not taken:
        first = next(iter(refused.values()))
        bad = [found for code, found in refused.items() if code in BAD_REQUEST]
        raise bad[0] if bad else CannotTell(first.actual, first.response, first.symptom)


def labels_accepted_in_clear(enrollments: Enrollments, bodies: Mapping[str, Json]) -> list[str]:
    """Create each body; return the labels of those that are taken. CannotTell if none is."""
    answers = {label: enrollments.new().create(body) for label, body in bodies.items()}
    found = [label for label, response in answers.items() if response.status in SUCCESS]
    if not found:
        *_, last = answers.values()
        precondition(last)
    return found
