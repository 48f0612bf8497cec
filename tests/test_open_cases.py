"""Servers that nobody can judge to the end: nothing fails, the run is incomplete and says why."""

from __future__ import annotations

from typing import Any

from osia_reference.app import create_app
from osia_reference.enrollments import Enrollments
from osia_reference.replies import Refusal
from tests.judging import judge, reference
from tests.records import biographics


class RefusesOurs(Enrollments):
    """Has a rule of its own that the canonical enrollment does not keep."""

    def create(self, enrollment_id: str, body: dict[str, Any], *more: Any, **named: Any) -> Any:
        raise Refusal(400, "the office is closed")


class NeedsABirthDate(Enrollments):
    """Creates no enrollment whose biographic data has no date of birth, whatever the schema says."""

    def create(self, enrollment_id: str, body: dict[str, Any], *more: Any, **named: Any) -> Any:
        if biographics(body) and "dateOfBirth" not in biographics(body):
            raise Refusal(400, "the date of birth is missing")
        return super().create(enrollment_id, body, *more, **named)


def failed(judged: Any) -> dict[str, str]:
    """Return what failed, with the reasons."""
    return {name: judged.requirement(name)["reason"] for name in judged.outcomes("failed")}


def test_a_refused_canonical_enrollment_fails_nothing_and_is_named() -> None:
    judged = judge(create_app(reference(), enrollments=RefusesOurs))
    assert failed(judged) == {}
    assert (judged.exit_code, judged.results["verdict"]) == (2, "incomplete")
    assert any(
        "canonical enrollment was refused: createEnrollment answered 400" in reason
        for reason in judged.results["reasons"]
    )


def test_a_rule_about_data_that_is_not_canonical_fails_nothing() -> None:
    judged = judge(create_app(reference(), enrollments=NeedsABirthDate))
    assert failed(judged) == {}
    refused = [line for line in judged.records if "the date of birth is missing" in str(line.get("response"))]
    assert refused
    assert judged.results["verdict"] != "nonconformant"
