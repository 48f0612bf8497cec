"""Which failure an open case hangs on, where neither what it needs nor the same symptom names one."""

from __future__ import annotations

from typing import Any

import pytest

from osia_conformance.verdict.derivation import derive
from osia_conformance.verdict.symptom import ACCEPTED
from tests.unit.verdict.test_derivation import FOOTER, HEADER, check, outcomes, register

KNOWN = register(*({"id": f"ENR-{name}-01"} for name in "ABC"))
CREATE, UPDATE, PATCH, READ = "createEnrollment", "updateEnrollment", "partialUpdateEnrollment", "readEnrollment"
STEPS = {"x.1": CREATE, "x.2": UPDATE, "x.3": PATCH, "x.4": PATCH}
EXCHANGES = [
    {"kind": "exchange", "id": name, "operation": operation, "started": "2026-01-01T00:00:00.000Z"}
    for name, operation in STEPS.items()
]
Record = dict[str, Any]


def line(name: str, outcome: str, symptom: Record, **more: Any) -> Record:
    told = {"operation": None, "status": None, "members": [], **symptom}
    return check(f"ENR-{name}-01", outcome, symptom=told, **more)


def kept_wrong(name: str, operation: str, **symptom: Any) -> Record:
    return line(name, "failed", {"operation": READ, **symptom}, operation=operation, actual=f"wrong as {name} says")


def refused(status: int = 400, decisive: str = "x.3") -> Record:
    return line("C", "cantTell", {"operation": PATCH, "status": status}, evidence=list(STEPS), decisive=decisive)


def cause_of_the_open_one(*lines: Record) -> list[str]:
    """Return the failed requirements of the cause that C names; none where it names none."""
    results = derive([HEADER, *EXCHANGES, *lines, FOOTER], KNOWN)
    assert outcomes(results)["ENR-C-01"] == "cantTell"
    named = results["requirements"][2].get("cause")
    return next((cause["requirements"] for cause in results["causes"] if cause["id"] == named), [])


@pytest.mark.parametrize("body", ["no JSON", "no object", "no list", "no object with a bufferId"])
def test_a_body_that_a_check_needs_hangs_on_the_body_of_the_same_operation(body: str) -> None:
    broken = line("A", "failed", {"operation": CREATE, "body": "no object"})
    open_one = line("C", "cantTell", {"operation": CREATE, "body": body})
    assert cause_of_the_open_one(broken, open_one) == ["ENR-A-01"]


@pytest.mark.parametrize(
    "symptom",
    [
        {"operation": UPDATE, "body": "no object"},
        {"operation": CREATE, "body": "a record that not all expressions fit"},
        {"operation": CREATE, "status": 404},
    ],
)
def test_a_body_that_a_check_needs_hangs_on_nothing_else(symptom: Record) -> None:
    open_one = line("C", "cantTell", {"operation": CREATE, "body": "no JSON"})
    assert cause_of_the_open_one(line("A", "failed", symptom), open_one) == []


def accepted(expected: str, **symptom: Any) -> Record:
    found = {"operation": CREATE, "status": 204, **symptom}
    return line("A", "failed", found, expected=f"{expected} to a call", actual="createEnrollment answered 204")


def test_an_accepted_call_hangs_on_the_rule_that_refuses_it() -> None:
    open_one = line("C", "cantTell", {"operation": CREATE, "body": f"{ACCEPTED}401 or 403"})
    for expected in ("401 or 403", "401 or 403 or 400 Bad Request"):
        assert cause_of_the_open_one(accepted(expected), open_one) == ["ENR-A-01"]
    assert cause_of_the_open_one(accepted("400 or 422"), open_one) == []
    assert cause_of_the_open_one(accepted("401 or 403", operation=UPDATE), open_one) == []
    assert cause_of_the_open_one(accepted("401 or 403", status=404), open_one) == []


@pytest.mark.parametrize("symptom", [{}, {"members": ["$.requestData"]}])
def test_a_refused_step_hangs_on_a_step_before_it_that_leaves_something_wrong(symptom: Record) -> None:
    assert cause_of_the_open_one(kept_wrong("A", UPDATE, **symptom), refused()) == ["ENR-A-01"]


def test_the_last_step_before_the_refusal_comes_first() -> None:
    lines = kept_wrong("A", CREATE), kept_wrong("B", UPDATE)
    assert cause_of_the_open_one(*lines, refused()) == ["ENR-B-01"]


def test_the_same_symptom_comes_before_a_step_that_leaves_something_wrong() -> None:
    same = line("B", "failed", {"operation": PATCH, "status": 400})
    assert cause_of_the_open_one(kept_wrong("A", UPDATE), same, refused()) == ["ENR-B-01"]


def test_a_step_after_the_refusal_explains_nothing() -> None:
    wrong = kept_wrong("A", PATCH)
    assert cause_of_the_open_one(wrong, refused()) == []
    assert cause_of_the_open_one(wrong, refused(decisive="x.4")) == ["ENR-A-01"]


@pytest.mark.parametrize("symptom", [{"status": 404}, {"body": "no JSON"}])
def test_what_a_step_answers_says_nothing_of_what_it_leaves(symptom: Record) -> None:
    assert cause_of_the_open_one(kept_wrong("A", UPDATE, **symptom), refused()) == []


@pytest.mark.parametrize("status", [429, 503])
def test_a_call_that_was_put_off_hangs_on_nothing(status: int) -> None:
    assert cause_of_the_open_one(kept_wrong("A", UPDATE), refused(status)) == []
