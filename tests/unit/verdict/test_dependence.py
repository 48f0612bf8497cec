"""One fault does not excuse another, and none is hidden behind what a check needs first."""

from __future__ import annotations

from typing import Any

import pytest

from osia_conformance.verdict.derivation import derive
from tests.unit.verdict.test_derivation import FOOTER, HEADER, check, outcomes, register

BOTH = register({"id": "ENR-A-01"}, {"id": "ENR-B-01", "needs": ["ENR-A-01"]})
CREATE, UPDATE = "createEnrollment", "updateEnrollment"


def symptom(operation: str = CREATE, status: int | None = None, *members: str) -> dict[str, Any]:
    return {"operation": operation, "status": status, "members": list(members)}


def settled(first: dict[str, Any], second: dict[str, Any], known: Any = BOTH) -> dict[str, str]:
    """Return how A and B ended, of which B needs A."""
    return outcomes(
        derive([HEADER, {**first, "requirement": "ENR-A-01"}, {**second, "requirement": "ENR-B-01"}], known)
    )


def failed(found: dict[str, Any], **more: Any) -> dict[str, Any]:
    return check("", "failed", symptom=found, **more)


def open_case(found: dict[str, Any]) -> dict[str, Any]:
    return check("", "cantTell", symptom=found)


def test_the_same_code_of_the_same_call_is_left_open() -> None:
    ended = settled(failed(symptom(CREATE, 400)), failed(symptom(CREATE, 400)))
    assert ended == {"ENR-A-01": "failed", "ENR-B-01": "cantTell"}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (symptom(CREATE, 400), symptom(CREATE, 500)),
        (symptom(CREATE, 400), symptom(UPDATE, 400)),
        (symptom(CREATE, None, "$.a"), symptom(CREATE, None, "$.b")),
        (symptom(CREATE, None, "$.a"), symptom(CREATE, None, "$.a", "$.b")),
        (symptom(CREATE, None, "$.a"), symptom(CREATE, 500)),
    ],
)
def test_another_symptom_is_a_failure_of_its_own(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert settled(failed(one), failed(other)) == {"ENR-A-01": "failed", "ENR-B-01": "failed"}


@pytest.mark.parametrize("found", [symptom(CREATE, 400), symptom(CREATE), symptom(UPDATE, None, "$.a")])
def test_a_pass_proves_nothing_on_what_failed(found: dict[str, Any]) -> None:
    changed = check("ENR-A-01", "failed", symptom=found, operation=UPDATE)
    results = derive([HEADER, changed, check("ENR-B-01", "passed"), FOOTER], BOTH)
    entry = results["requirements"][1]
    assert (entry["outcome"], entry["reason"]) == ("cantTell", "proves nothing while ENR-A-01 fails")
    assert (entry["checks"][0]["blockedBy"], entry["cause"]) == (["ENR-A-01"], "C1")


def test_a_pass_stands_where_other_members_of_what_was_created_were_lost() -> None:
    lost = failed(symptom("readEnrollment", None, "$.a"), operation=CREATE)
    assert settled(lost, check("", "passed"))["ENR-B-01"] == "passed"


@pytest.mark.parametrize("status", [302, 500, 505])
def test_what_is_needed_first_fails_where_nothing_else_reports_it(status: int) -> None:
    results = derive(
        [HEADER, check("ENR-A-01", "passed"), check("ENR-B-01", "cantTell", symptom=symptom(CREATE, status)), FOOTER],
        BOTH,
    )
    entry = results["requirements"][1]
    assert (entry["outcome"], entry["checks"][0]["actual"]) == ("failed", "why cantTell")
    assert results["verdict"] == "nonconformant"


OTHER_ID = symptom("readEnrollment", None, "$.enrollmentId")


def test_a_read_of_another_enrollment_fails_where_nothing_else_reports_it() -> None:
    lines = [check("ENR-A-01", "passed"), check("ENR-B-01", "cantTell", symptom=OTHER_ID), FOOTER]
    entry = derive([HEADER, *lines], BOTH)["requirements"][1]
    assert (entry["outcome"], entry["checks"][0]["expected"]) == ("failed", "the enrollment that was asked for")


def test_a_read_of_another_enrollment_that_is_reported_stays_open() -> None:
    assert settled(failed(OTHER_ID), open_case(OTHER_ID))["ENR-B-01"] == "cantTell"


@pytest.mark.parametrize("status", [None, 400, 403, 429, 503])
def test_what_may_be_a_rule_of_business_or_of_the_moment_stays_open(status: int | None) -> None:
    assert settled(check("", "passed"), open_case(symptom(CREATE, status)))["ENR-B-01"] == "cantTell"


def test_what_another_requirement_reports_stays_open_and_names_its_cause() -> None:
    apart = register({"id": "ENR-A-01"}, {"id": "ENR-B-01"})
    lines = [
        check("ENR-A-01", "failed", symptom=symptom(CREATE, 500)),
        check("ENR-B-01", "cantTell", symptom=symptom(CREATE, 500)),
    ]
    entry = derive([HEADER, *lines, FOOTER], apart)["requirements"][1]
    assert (entry["outcome"], entry["cause"]) == ("cantTell", "C1")


def test_what_only_should_be_does_not_report_for_what_must_be() -> None:
    apart = register({"id": "ENR-A-01", "level": "SHOULD"}, {"id": "ENR-B-01"})
    assert settled(failed(symptom(CREATE, 500)), open_case(symptom(CREATE, 500)), apart)["ENR-B-01"] == "failed"


def test_an_open_case_on_what_failed_names_it() -> None:
    lines = [
        check("ENR-A-01", "failed", symptom=symptom(CREATE)),
        check("ENR-B-01", "cantTell", symptom=symptom(UPDATE, 403)),
    ]
    entry = derive([HEADER, *lines, FOOTER], BOTH)["requirements"][1]
    assert (entry["outcome"], entry["reason"], entry["cause"]) == ("cantTell", "why cantTell", "C1")


def test_a_reason_names_each_requirement_that_failed_before_it() -> None:
    known = register({"id": "ENR-A-01"}, {"id": "ENR-B-01"}, {"id": "ENR-C-01", "needs": ["ENR-A-01", "ENR-B-01"]})
    broken = [check(name, "failed", symptom=symptom(UPDATE, 500)) for name in ("ENR-A-01", "ENR-B-01")]
    results = derive([HEADER, *broken, check("ENR-C-01", "passed"), FOOTER], known)
    assert results["requirements"][2]["reason"] == "proves nothing while ENR-A-01, ENR-B-01 fail"
