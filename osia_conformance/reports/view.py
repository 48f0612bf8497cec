"""What `report.html` shows: all that has to be counted, ordered or looked up for its template."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from osia_conformance.reports.exchanges import Evidence, Record, as_text, milliseconds
from osia_conformance.reports.latency import latencies
from osia_conformance.support.text import clip
from osia_conformance.verdict import demonstration
from osia_conformance.verdict.causes import causes_phrase
from osia_conformance.verdict.derivation import exit_code
from osia_conformance.verdict.waivers import applied

BOUND = 8 * 1024  # bytes of a body that are shown
FOLDED = 700  # characters above which a body is folded
TEXT_BOUND = 4_000  # characters of reason, expected and actual; half a command would be worse than a long one
OUTCOMES = ("failed", "cantTell", "untested", "passed", "inapplicable")
LEVELS = ("MUST", "SHOULD", "MAY")
JUDGED = ("passed", "failed")
# In words, since a reader of the report need not know EARL.
LABELS = {
    "failed": "failed",
    "cantTell": "could not tell",
    "untested": "untested",
    "passed": "passed",
    "inapplicable": "not applicable",
}
VERDICTS = {
    "conformant": "Conformant",
    "nonconformant": "Not conformant",
    "incomplete": "Incomplete: no verdict on conformance",
}
ENDINGS = {
    0: "0: nothing stands against the target, or all of it under a waiver",
    1: "1: something stands against the target, or a waiver is stale",
    2: "2: something could not be judged",
    70: "70: the suite itself failed",
    130: "130: the run was interrupted",
}

Shown = dict[str, Any]


def view(results: Record, evidence: Evidence) -> Shown:
    """Return what the template shows: `results`, and everything made of them and of the journal's evidence."""
    requirements = results["requirements"]
    operations = sorted({name for item in requirements for name in item["operations"] if name != "*"})
    rulings = {ruling["id"]: ruling for ruling in results["rulings"]}
    waived = applied(results)
    return {
        "results": results,
        "verdict": VERDICTS[results["verdict"]],
        "notes": demonstration.notes(results),
        "exit_code": ENDINGS[exit_code(results)],
        "outcomes": OUTCOMES,
        "labels": LABELS,
        "plain_http": results["target"]["url"].lower().startswith("http:"),
        "coverage": _coverage(requirements),
        "unjudged": _unjudged(requirements),
        "levels": [_counts(level, [item for item in requirements if item["level"] == level]) for level in LEVELS],
        "operations": [_operation(name, requirements) for name in [*operations, "*"]],
        "operation_names": operations,
        "causes_phrase": causes_phrase(results),
        "findings": [item for item in requirements if item["outcome"] == "failed"],
        "rows": [_requirement(item, evidence, rulings, waived, operations) for item in requirements],
        "waived": waived,
        "observations": [
            {**seen, "shown": _exchanges(seen, evidence, bodies=True), "why": rulings.get(seen["ruling"])}
            for seen in results["observations"]
        ],
        "latency": latencies(evidence.exchanges.values()),
    }


def _coverage(requirements: Sequence[Record]) -> Shown:
    """Return how many of the version's MUST requirements were judged."""
    musts = [item for item in requirements if item["level"] == "MUST" and item["status"] == "active"]
    judged = sum(item["outcome"] in JUDGED for item in musts)
    return {"judged": judged, "all": len(musts), "percent": 100 * judged // len(musts) if musts else 0}


def _unjudged(requirements: Sequence[Record]) -> list[Shown]:
    """Return what was not judged, by outcome and reason, the most frequent reason first."""
    reasons: dict[tuple[str, str], list[str]] = {}
    for item in requirements:
        if item["outcome"] not in JUDGED:
            reasons.setdefault((item["outcome"], item["reason"] or "no reason was given"), []).append(item["id"])
    ordered = sorted(reasons.items(), key=lambda pair: (OUTCOMES.index(pair[0][0]), -len(pair[1])))
    return [{"outcome": outcome, "reason": reason, "ids": ids} for (outcome, reason), ids in ordered]


def _counts(name: str, requirements: Sequence[Record]) -> Shown:
    outcomes = [requirement["outcome"] for requirement in requirements]
    counts = {outcome: outcomes.count(outcome) for outcome in OUTCOMES}
    return {"name": name, "counts": counts, "total": len(outcomes)}


def _operation(name: str, requirements: Sequence[Record]) -> Shown:
    concerned = [item for item in requirements if name in item["operations"]]
    order = sorted(concerned, key=lambda item: (OUTCOMES.index(item["outcome"]), item["id"]))
    return {**_counts(name, concerned), "outcomes": [item["outcome"] for item in order]}


def _requirement(
    requirement: Record,
    evidence: Evidence,
    rulings: Mapping[str, Record],
    waived: Mapping[str, Record],
    operations: Sequence[str],
) -> Shown:
    checks = sorted(requirement["checks"], key=lambda check: OUTCOMES.index(check["outcome"]))
    named = operations if "*" in requirement["operations"] else requirement["operations"]
    return {
        **requirement,
        "checks": [_check(check, evidence) for check in checks],
        "ruled": [rulings.get(name, {"id": name, "title": "", "text": ""}) for name in requirement["rulings"]],
        "waiver": waived.get(requirement["id"]),
        # Numbers, not names: they become part of the style sheet, which nothing from outside may write to.
        "columns": [operations.index(name) for name in named if name in operations],
    }


def _check(check: Record, evidence: Evidence) -> Shown:
    texts = {name: clip(check[name] or "", TEXT_BOUND) for name in ("reason", "expected", "actual")}
    # A passed check's bodies are in evidence.har; here they would bury the findings.
    bodies = check["outcome"] != "passed"
    return {**check, **texts, "exchanges": _exchanges(check, evidence, bodies=bodies)}


def _exchanges(owner: Record, evidence: Evidence, *, bodies: bool = False) -> list[Shown]:
    found = [evidence.exchanges[id_] for id_ in owner["evidence"] if id_ in evidence.exchanges]
    return [_exchange(exchange, evidence, bodies=bodies) for exchange in found]


def _exchange(exchange: Record, evidence: Evidence, *, bodies: bool) -> Shown:
    request, response = exchange["request"], exchange["response"]
    sides = [("Request", request), ("Response", response)] if response else [("Request", request)]
    return {
        "id": exchange["id"],
        "method": request["method"],
        "url": request["url"],
        "status": str(response["status"]) if response else "no answer",
        "started": exchange["started"],
        "error": exchange["error"],
        "took": f"{milliseconds(exchange):.0f}" if response else "",
        "withheld": exchange["withheld"],
        "messages": [_message(name, message, evidence) for name, message in sides] if bodies else [],
    }


def _message(name: str, message: Record, evidence: Evidence) -> Shown:
    data = evidence.body(message, BOUND)
    text = None if data is None else as_text(data, cut=message["size"] > BOUND)
    if data is None:
        note = "The body's file is missing."
    elif text is None:
        note = f"{message['size']:,} bytes that are no text; they are in evidence.har or in bodies/."
    elif message["size"] > BOUND:
        note = f"The first {BOUND:,} of {message['size']:,} bytes."
    else:
        note = ""
    folded = text is not None and len(text) > FOLDED
    head = {"headers": message["headers"], "size": message["size"]}
    return {"name": name, **head, "text": text, "note": note, "folded": folded}
