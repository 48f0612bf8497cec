"""Findings by cause: failures of one symptom are one cause, about; each open case names the cause it hangs on."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, takewhile
from typing import Any

from osia_conformance.support.json_types import Record
from osia_conformance.verdict.symptom import ACCEPTED, Symptom, explained, plain_words, recorded
from osia_conformance.wire.status_codes import INCONCLUSIVE

_SHOWN = 3
_SERVER_ERROR = 500
_REDIRECTION = range(300, 400)
_SUCCESS = range(200, 300)
_REFUSAL = re.compile(r"4\d\d\b")
_REFUSALS = frozenset(range(400, 500)) - INCONCLUSIVE
_READ_BACK = "readEnrollment"
_UNREADABLE = ("no JSON", "no object", "no list")
"""How the words of a symptom begin whose body cannot be used as what is documented."""


def group(requirements: Sequence[dict[str, Any]], operations: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return results.json's `causes`, and give each failed requirement, and each open one that hangs on one, its
    `cause`. `operations` names the operation of each exchange.

    The causes of MUST requirements come first, those with most findings before others, then by the register's order.
    """
    groups: dict[tuple[object, ...], list[dict[str, Any]]] = {}
    for entry in requirements:
        if entry["outcome"] == "failed":
            groups.setdefault(_key(_first_failed(entry)), []).append(entry)
    ordered = sorted(groups.values(), key=_rank)
    causes = [_cause(f"C{number}", entries) for number, entries in enumerate(ordered, start=1)]
    for cause, entries in zip(causes, ordered, strict=True):
        for entry in entries:
            entry["cause"] = cause["id"]
    _link_open_ones(requirements, operations)
    return causes


def causes_phrase(results: Record) -> str:
    """Return how many findings there are and about how many causes: "9 findings, about 4 causes"; "" for none."""
    findings = sum(entry["outcome"] == "failed" for entry in results["requirements"])
    causes = len(results.get("causes", ()))
    if not findings:
        return ""
    words = f"{findings} finding{'' if findings == 1 else 's'}"
    return f"{words}, about {causes} cause{'' if causes == 1 else 's'}" if causes and findings > 1 else words


def _first_failed(entry: Record) -> Record:
    return min(_of_outcome(entry, "failed"), key=lambda check: str(check["id"]))


def _of_outcome(entry: Record, outcome: str) -> list[Record]:
    return [check for check in entry["checks"] if check["outcome"] == outcome]


def _key(check: Record) -> tuple[object, ...]:
    """Return what failures of one cause have in common: expected and actual, the operation and what was sent apart.

    A server error or a redirection is one whatever was expected; where a refusal is, each operation's own success is
    one; a difference is told by the first member, what a search finds by its operator.
    """
    symptom = recorded(check)
    wanted = _wanted(check)
    expected = plain_words(wanted)
    if symptom is not None and symptom.status is not None:
        alike = symptom.status >= _SERVER_ERROR or symptom.status in _REDIRECTION
        return "status", _answered(symptom.status, wanted), "" if alike else expected
    if symptom is not None and symptom.members:
        return "members", symptom.members[0]
    if symptom is not None and symptom.body:
        return "body", symptom.body
    if symptom is not None and symptom.search:
        return "search", symptom.search
    return "words", expected, plain_words(check["actual"] or check["reason"] or "")


def _wanted(check: Record) -> str:
    """Return what was expected, without what it was expected of."""
    return (check["expected"] or "").partition(" to ")[0]


def _answered(status: int, wanted: str) -> str:
    """Return the status that was answered; "a success" where a refusal is wanted, 201 and 204 being the same there."""
    return "a success" if status in _SUCCESS and _REFUSAL.match(wanted) else str(status)


def _rank(entries: Sequence[Record]) -> tuple[bool, int]:
    return all(entry["level"] != "MUST" for entry in entries), -len(entries)


def _cause(name: str, entries: Sequence[Record]) -> dict[str, Any]:
    return {"id": name, "title": _title(entries), "requirements": [entry["id"] for entry in entries]}


def _title(entries: Sequence[Record]) -> str:
    """Return one sentence about what the findings have in common."""
    check = _first_failed(entries[0])
    symptom = recorded(check)
    if len(entries) == 1 or symptom is None:
        return str(check["reason"])
    where = _operations(entries)
    if symptom.members:
        return f"{symptom.members[0]} is not as it should be ({where})"
    if symptom.body:
        return f"an answer whose body is {symptom.body} ({where})"
    if symptom.search:
        return f"searches with {symptom.search} find others than they should ({where})"
    if symptom.status is not None:
        wanted = _wanted(check)
        return f"{_answered(symptom.status, wanted)} where another answer is expected: {wanted} ({where})"
    return f"{check['reason']} ({where})"


def _operations(entries: Sequence[Record]) -> str:
    """Return the operations of the first failed checks, the first few by name; sequences of many name none."""
    named = [str(_first_failed(entry)["operation"]) for entry in entries]
    operations = list(dict.fromkeys(name for name in named if name != "*")) or ["several operations"]
    more = f" and {len(operations) - _SHOWN} more" if len(operations) > _SHOWN else ""
    return ", ".join(operations[:_SHOWN]) + more


def _link_open_ones(requirements: Sequence[dict[str, Any]], operations: Mapping[str, str]) -> None:
    """Give each requirement that could not be judged the cause of what it builds on, or of the first failure that
    explains it."""
    by_id = {entry["id"]: entry for entry in requirements}
    known = [(entry["cause"], _of_outcome(entry, "failed")) for entry in requirements if entry["outcome"] == "failed"]

    def cause_of(entry: dict[str, Any], seen: frozenset[str]) -> str | None:
        if "cause" in entry or entry["outcome"] != "cantTell" or entry["id"] in seen:
            return entry.get("cause")
        open_ones = _of_outcome(entry, "cantTell")
        blocking = [by_id[need] for check in open_ones for need in check.get("blockedBy", ()) if need in by_id]
        ways = (cause_of(need, seen | {entry["id"]}) for need in blocking)
        return next((way for way in ways if way), None) or _explaining(open_ones, known, operations)

    for entry in requirements:
        if found := cause_of(entry, frozenset()):
            entry["cause"] = found


Known = Sequence[tuple[str, Sequence[Record]]]
"""The failed checks of each failed requirement, with its cause."""


def _explaining(checks: Sequence[Record], known: Known, operations: Mapping[str, str]) -> str | None:
    """Return the cause of the first failure that explains an open check: one with the same symptom before others."""
    told = [(check, symptom) for check in checks if (symptom := recorded(check)) is not None]
    ways = chain(
        (cause for check, _ in told for cause, lines in known if explained(check, lines)),
        (cause for _, symptom in told for cause, lines in known if _same_body(symptom, lines)),
        (cause for _, symptom in told for cause, lines in known if _accepted(symptom, lines)),
        (cause for check, symptom in told for cause in _left_wrong(check, symptom, known, operations)),
    )
    return next(ways, None)


def _same_body(found: Symptom, lines: Sequence[Record]) -> bool:
    """Return whether the body that a check cannot use is of an operation whose bodies are found to be unusable.

    A check that needs a body says what it needs of it ("no object with a bufferId"), one that judges it says what is
    wrong with it ("no JSON").
    """
    others = (symptom for line in lines if (symptom := recorded(line)) is not None)
    return _unreadable(found) and any(_unreadable(each) and each.operation == found.operation for each in others)


def _unreadable(symptom: Symptom) -> bool:
    return symptom.body is not None and symptom.body.startswith(_UNREADABLE)


def _accepted(found: Symptom, lines: Sequence[Record]) -> bool:
    """Return whether what a check needs refused is accepted by the operation where the same refusal is expected."""
    wanted = (found.body or "").removeprefix(ACCEPTED)
    if wanted == (found.body or ""):
        return False
    others = ((line, symptom) for line in lines if (symptom := recorded(line)) is not None)
    return any(
        each.operation == found.operation and each.status in _SUCCESS and _wanted(line).startswith(wanted)
        for line, each in others
    )


def _left_wrong(check: Record, found: Symptom, known: Known, operations: Mapping[str, str]) -> Iterator[str]:
    """Yield the causes of failures of steps that a check took before one that was refused, the last step first.

    Only failures count that a read shows: what such a step leaves differs from what it should leave, and a server may
    refuse to work on that.
    """
    if found.status not in _REFUSALS:
        return
    before = takewhile(lambda exchange: exchange != check.get("decisive"), check["evidence"])
    for step in reversed([operations.get(exchange) for exchange in before]):
        yield from (
            cause for cause, lines in known if any(line["operation"] == step and _is_kept(line) for line in lines)
        )


def _is_kept(line: Record) -> bool:
    """Return whether a failure is a difference in what a read answers of the enrollment."""
    symptom = recorded(line)
    return symptom is not None and symptom.operation == _READ_BACK and symptom.status is None and not symptom.body
