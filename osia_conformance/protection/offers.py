"""Encrypted enrollments offered to a server, which has to take what it cannot look into (RUL-ENCRYPTION)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from osia_conformance.enrollments import Enrollment, Enrollments
from osia_conformance.exchange import Answer
from osia_conformance.expectations import DONE, CannotTell, Violation, expect_status, phrase, precondition
from osia_conformance.rules.business_rules import REFUSALS

Json = dict[str, Any]

_BAD_REQUEST = 400


def one_taken(enrollments: Enrollments, bodies: Mapping[str, Json]) -> Iterator[tuple[str, Enrollment, Answer]]:
    """Create each body; yield those that are taken, with label and answer. Those refused are observed.

    If none was taken: Violation where one was refused as a bad request; CannotTell where all were forbidden, or
    too large.
    """
    refused: dict[int, Violation] = {}
    taken = 0
    for label, body in bodies.items():
        enrollment = enrollments.new()
        answer = enrollment.create(body)
        if answer.status in REFUSALS:
            words = f"{label}, encrypted, was refused with {phrase(answer.status)}"
            enrollments.target.observe("RUL-ENCRYPTION", words, answer)
            refused[answer.status] = Violation("one enrollment with an encrypted part accepted", words, answer)
            continue
        expect_status(answer, DONE)
        taken += 1
        yield label, enrollment, answer
    if refused and not taken:
        raise refused.get(_BAD_REQUEST) or CannotTell(next(iter(refused.values())).actual)


def accepted_in_clear(enrollments: Enrollments, bodies: Mapping[str, Json]) -> list[str]:
    """Create each body; return the labels of those that are taken. CannotTell if none is."""
    answers = {label: enrollments.new().create(body) for label, body in bodies.items()}
    found = [label for label, answer in answers.items() if answer.status in DONE]
    if not found:
        *_, last = answers.values()
        precondition(last)
    return found
