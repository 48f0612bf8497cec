"""What hangs on a failed requirement: left open where it is the same symptom, a finding of its own where not.

One fault does not excuse another (RUL-ONE-FAULT): a failure whose code, call or members are others than those of the
failed requirement that it needs stays a failure. A pass proves nothing where what it builds on failed, unless that
failed in members that the pass did not compare.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from http import HTTPStatus
from typing import Any

from osia_conformance.standard.operations import OPERATIONS
from osia_conformance.standard.register import Register, Requirement
from osia_conformance.verdict.symptom import Symptom, explained, of_members, recorded
from osia_conformance.wire.status_codes import INCONCLUSIVE

_ANOTHER = of_members("readEnrollment", ["$.enrollmentId"])
"""The symptom of a read that answers another enrollment than the one that was asked for."""

Checks = dict[str, list[dict[str, Any]]]
"""The judged checks by requirement, as results.json lists them."""

_CREATING = frozenset(operation.id for operation in OPERATIONS if operation.method == "POST")


def settle(register: Register, checks: Checks) -> Checks:
    """Return the checks with what hangs on failed requirements left open, and with what hid behind a step that a
    check needs first brought out."""
    raised = {name: [_raised(register, check, name, checks) for check in judged] for name, judged in checks.items()}
    failed = {name: found for name, judged in raised.items() if (found := _failed(judged))}
    settled = {name: _settled(register.requirements.get(name), judged, failed) for name, judged in raised.items()}
    blocked = {name for name, judged in settled.items() if any("blockedBy" in check for check in judged)} - {*failed}
    return {name: _behind(register.requirements.get(name), judged, blocked) for name, judged in settled.items()}


def _failed(checks: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return [check for check in checks if check["outcome"] == "failed"]


def _raised(register: Register, check: dict[str, Any], name: str, checks: Checks) -> dict[str, Any]:
    """Turn an open check into a failure where a step that it needs first broke a rule that nothing else reports."""
    symptom = recorded(check)
    if check["outcome"] != "cantTell" or symptom is None or not _breaks_a_rule(symptom):
        return check
    level = register.requirements[name].level if name in register.requirements else "MUST"
    reported = (
        other
        for owner, judged in checks.items()
        if owner in register.requirements and register.requirements[owner].level in ("MUST", level)
        for other in _failed(judged)
    )
    if explained(check, reported):
        return check
    documented = "an answer that is documented to what is needed first"
    expected = "the enrollment that was asked for" if symptom == _ANOTHER else documented
    return {**check, "outcome": "failed", "expected": expected, "actual": check["reason"]}


def _breaks_a_rule(symptom: Symptom) -> bool:
    """Return whether no business rule can explain the answer: no other enrollment than the one that was asked for, and
    of the codes a 4xx alone; 501 to 504 leave all open (RUL-CODES). A 500 came twice, or it would not have ended the
    check."""
    status = symptom.status
    if symptom == _ANOTHER:
        return True
    if status is None or status in INCONCLUSIVE:
        return False
    return not HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR


def _settled(
    entry: Requirement | None, checks: list[dict[str, Any]], failed: Mapping[str, list[dict[str, Any]]]
) -> list[dict[str, Any]]:
    broken = [need for need in entry.needs if need in failed] if entry else []
    return [_hanging(check, {need: failed[need] for need in broken}) for check in checks] if broken else checks


def _behind(entry: Requirement | None, checks: list[dict[str, Any]], blocked: Set[str]) -> list[dict[str, Any]]:
    """Return the checks of a requirement that builds on ones which could not be judged for what failed before them."""
    needs = [need for need in entry.needs if need in blocked] if entry else []
    return [_unclear(check, needs) for check in checks] if needs else checks


def _unclear(check: dict[str, Any], needs: Sequence[str]) -> dict[str, Any]:
    if check["outcome"] == "passed":
        return _open(check, needs, "proves nothing while {} cannot be judged")
    hangs = check["outcome"] == "cantTell" and "blockedBy" not in check and recorded(check) is not None
    return {**check, "blockedBy": list(needs)} if hangs else check


def _hanging(check: dict[str, Any], broken: Mapping[str, list[dict[str, Any]]]) -> dict[str, Any]:
    """Return a check of a requirement whose needs `broken` failed, as it is judged then."""
    if check["outcome"] == "failed" and explained(check, [line for lines in broken.values() for line in lines]):
        return _open(check, broken, "cannot be judged while {} {fails}")
    if check["outcome"] == "passed":
        void = [need for need, lines in broken.items() if any(_voids(line) for line in lines)]
        return _open(check, void, "proves nothing while {} {fails}") if void else check
    if check["outcome"] == "cantTell" and recorded(check):
        return {**check, "blockedBy": list(broken)}
    return check


def _open(check: dict[str, Any], needs: Mapping[str, Any] | Sequence[str], words: str) -> dict[str, Any]:
    reason = words.format(", ".join(needs), fails="fails" if len(needs) == 1 else "fail")
    return {**check, "outcome": "cantTell", "reason": reason, "blockedBy": list(needs)}


def _voids(line: Mapping[str, Any]) -> bool:
    """Return whether a failure leaves nothing of a pass that builds on it: all but lost members of what was created,
    since a pass shows that the members it is about are kept. A change without effect would pass as well."""
    symptom = recorded(line)
    return symptom is not None and (not symptom.members or line["operation"] not in _CREATING)
