"""Encrypted enrollments offered to a server, which has to take what it cannot look into (RUL-ENCRYPTION)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from osia_conformance.enrollments import Enrollment, Enrollments
from osia_conformance.exchange import Answer
from osia_conformance.expectations import DONE, CannotTell, Violation, expect_status, phrase, precondition

Json = dict[str, Any]
Taken = tuple[str, Enrollment, Answer]

_BAD_REQUEST = 400


def one_taken(enrollments: Enrollments, bodies: Mapping[str, Json]) -> Iterator[Taken]:
    """Create each body; yield those that are taken, with label and answer.

    One refused as a bad request is observed; Violation if all were. 403 leaves the case open (RUL-FORBIDDEN).
    """
    refused = None
    taken = 0
    for label, body in bodies.items():
        enrollment = enrollments.new()
        answer = enrollment.create(body)
        if answer.status == _BAD_REQUEST:
            refused = Violation("an enrollment with an encrypted part accepted", _words(label, answer), answer)
            enrollments.target.observe("RUL-ENCRYPTION", _words(label, answer), answer)
            continue
        expect_status(answer, DONE)
        taken += 1
        yield label, enrollment, answer
    if refused and not taken:
        raise refused


def taken_as_in_clear(enrollments: Enrollments, pairs: Mapping[str, tuple[Json, Json]]) -> Iterator[Taken]:
    """Create each second body whose first one, the same in clear, is accepted; yield it with label and answer.

    Violation if the encrypted one is refused as a bad request; CannotTell if nothing is accepted in clear.
    """
    clear = {label: enrollments.new().create(plain) for label, (plain, _) in pairs.items()}
    for label, (_, body) in pairs.items():
        if clear[label].status in DONE:
            enrollment = enrollments.new()
            yield label, enrollment, expect_status(enrollment.create(body), DONE)
    if not any(answer.status in DONE for answer in clear.values()):
        *_, last = clear.values()
        precondition(last)
        raise CannotTell("nothing was accepted in clear either")


def _words(label: str, answer: Answer) -> str:
    return f"{label} was refused with {phrase(answer.status)}"
