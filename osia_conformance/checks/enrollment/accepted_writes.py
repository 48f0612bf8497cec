"""Writes of valid data that a business rule of the server may refuse (RUL-RANDOM-DATA)."""

from __future__ import annotations

from typing import Any

from osia_conformance.checks.assertions import expect_status
from osia_conformance.target.enrollment.business_rules import RULING
from osia_conformance.target.enrollment.enrollments import Enrollments
from osia_conformance.target.outcome_errors import CannotTell
from osia_conformance.target.response import Response
from osia_conformance.target.statuses import REFUSALS, SUCCESS, status_phrase


def expect_write_accepted(enrollments: Enrollments, response: Response, whole: Any) -> Response:
    """Judge that a write was taken which leaves `whole`, valid data that is not canonical; return the answer.

    Where it was refused, a create of the same data tells whether that was for the data: CannotTell if it is refused
    too, by a rule of the server's own perhaps, and observed.
    """
    if response.status in REFUSALS:
        offered = enrollments.new().create(whole)
        if offered.status in REFUSALS:
            code = status_phrase(offered.status)
            text = f"what {response.operation} would leave is refused by a create, too, with {code}"
            enrollments.target.observe(RULING, text, offered)
            raise CannotTell(f"{text}: a rule of the server's own, perhaps, which [profile] can state")
    return expect_status(response, SUCCESS)
