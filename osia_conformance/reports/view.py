"""What `report.html` shows: all that has to be counted, ordered or looked up for its template."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from osia_conformance.reports.exchanges import Evidence, Record
from osia_conformance.reports.findings import TEXT_BOUND, Findings, case_name
from osia_conformance.reports.headline import LEVELS, blocked, counted, failed, failures, open_reasons
from osia_conformance.reports.latency import latencies
from osia_conformance.reports.record_names import RecordNames
from osia_conformance.reports.shown_exchanges import ShownExchanges
from osia_conformance.standard.operations import operations
from osia_conformance.support.text import clip
from osia_conformance.verdict import demonstration
from osia_conformance.verdict.derivation import exit_code
from osia_conformance.verdict.waivers import applied

OUTCOMES = ("failed", "cantTell", "untested", "passed", "inapplicable")
JUDGED = ("passed", "failed")
FOLDED = ("passed", "inapplicable")
"""The outcomes whose requirements are listed on demand."""

MOST_OPEN = 40
"""Requirements of one other outcome above which they are listed on demand too: the findings name them."""

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
    0: "0: conformant, or each failure is under a waiver",
    1: "1: a MUST requirement failed, or a waiver is stale",
    2: "2: something was not judged",
    70: "70: the suite itself failed",
    130: "130: the run was interrupted",
}

Shown = dict[str, Any]


def view(results: Record, evidence: Evidence) -> Shown:
    """Return what the template shows: `results`, and everything made of them and of the journal's evidence."""
    requirements = results["requirements"]
    named = operation_names(results)
    rulings = {ruling["id"]: ruling for ruling in results["rulings"]}
    waived = applied(results)
    exchanges = ShownExchanges(evidence, results["target"]["url"])
    findings = Findings(exchanges, rulings, waived)
    return {
        "results": results,
        "verdict": VERDICTS[results["verdict"]],
        "exit_code": ENDINGS[exit_code(results)],
        "outcomes": OUTCOMES,
        "folded": [name for name in OUTCOMES if _is_folded(name, results)],
        "labels": LABELS,
        "plain_http": results["target"]["url"].lower().startswith("http:"),
        "demonstration": bool(demonstration.notes(results)),
        "judged": _judged(requirements),
        "why": _why(results),
        "open_reasons": open_reasons(results),
        "leftovers": _leftovers(results["leftovers"]),
        "nothing": _nothing(results),
        "tags": list(_tags(results)),
        "unjudged": _unjudged(requirements, ("cantTell", "untested")),
        "inapplicable": _unjudged(requirements, ("inapplicable",)),
        "levels": [_counts(level, [item for item in requirements if item["level"] == level]) for level in LEVELS],
        "operations": [_operation(name, requirements) for name in [*named, "*"]],
        "operation_names": named,
        "causes": findings.by_cause(results),
        "failed": len(failed(results)),
        "rows": [_requirement(item, findings, named) for item in _in_order(requirements)],
        "observations": [_observation(seen, exchanges, rulings) for seen in results["observations"]],
        "latency": _latency(evidence, named),
    }


def operation_names(results: Record) -> list[str]:
    """Return the operations that requirements name, in the interface's order."""
    present = {name for item in results["requirements"] for name in item["operations"] if name != "*"}
    known = [operation.id for operation in operations(results["interfaceVersion"])]
    return [*(name for name in known if name in present), *sorted(present - set(known))]


def _is_folded(outcome: str, results: Record) -> bool:
    return outcome in FOLDED or (outcome != "failed" and results["totals"][outcome] > MOST_OPEN)


def _in_order(requirements: Sequence[Record]) -> list[Record]:
    """Return what failed first, what passed last; within an outcome, MUST first."""
    return sorted(requirements, key=lambda item: (OUTCOMES.index(item["outcome"]), LEVELS.index(item["level"])))


def _why(results: Record) -> list[Shown]:
    """Return the reasons for the verdict in words, each with the section that says more."""
    reasons = [{"text": text, "link": "findings"} for text in failures(results)]
    hanging = len(blocked(results))
    if hanging:
        text = f"{counted(hanging, 'MUST requirement')} could not be judged because of them"
        reasons.append({"text": text, "link": "unjudged"})
    waived = len(applied(results))
    if waived:
        text = f"{counted(waived, 'requirement')} under a waiver, which changes the exit code only"
        reasons.append({"text": text, "link": "waivers"})
    stale = len(results["waivers"]) - waived
    if stale:
        reasons.append({"text": f"{counted(stale, 'stale waiver')}: expired, or nothing to waive", "link": "waivers"})
    return reasons


def _tags(results: Record) -> Iterator[Shown]:
    """Yield what a reader must know before they read the verdict."""
    for note in demonstration.notes(results):
        yield {"name": "Demonstration", "text": note}
    if results["selection"]:
        yield {"name": "Selection", "text": "only a part of the requirements was asked for"}
    if results["effort"] == "quick":
        yield {"name": "Quick", "text": "a first look: fewer generated inputs than a standard run"}


def _judged(requirements: Sequence[Record]) -> str:
    """Return how many of the MUST requirements that apply were judged, as a sentence."""
    outcomes = [item["outcome"] for item in requirements if item["level"] == "MUST"]
    applying = [outcome for outcome in outcomes if outcome != "inapplicable"]
    judged = sum(outcome in JUDGED for outcome in applying)
    if judged == len(applying):
        return f"All {judged:,} MUST requirements that apply were judged."
    percent = 100 * judged // len(applying)
    return f"{judged:,} of the {len(applying):,} MUST requirements that apply were judged ({percent} %)."


def _leftovers(leftovers: Sequence[Record]) -> list[Shown]:
    """Return what is left on the target by reason: the target tells most of them once."""
    reasons: dict[str, list[str]] = {}
    for one in leftovers:
        reasons.setdefault(one["reason"], []).append(one["enrollment"])
    return [{"reason": reason, "ids": ids} for reason, ids in reasons.items()]


def _nothing(results: Record) -> str:
    """Return, as sentences, which of the parts that a run may have is empty."""
    empty = [name for name in ("observations", "waivers") if not results[name]]
    told = [f"There are no {' and no '.join(empty)}."] if empty else []
    told += [] if results["leftovers"] else ["Nothing is left on the target."]
    return " ".join(told)


def _unjudged(requirements: Sequence[Record], outcomes: Sequence[str]) -> list[Shown]:
    """Return what ended in one of `outcomes`, by outcome and reason, the most frequent reason first."""
    reasons: dict[tuple[str, str], list[str]] = {}
    for item in requirements:
        if item["outcome"] in outcomes:
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


def _requirement(requirement: Record, findings: Findings, named: Sequence[str]) -> Shown:
    checks = sorted(requirement["checks"], key=lambda check: OUTCOMES.index(check["outcome"]))
    own = requirement["operations"]
    return {
        **requirement,
        "checks": [_check(check, findings, hangs="cause" in requirement) for check in checks],
        "ruled": [findings.rulings.get(name, {"id": name, "title": "", "text": ""}) for name in requirement["rulings"]],
        "waiver": findings.waived.get(requirement["id"]),
        "operations": own if "*" in own else [name for name in named if name in own],
        # Numbers, not names: they become part of the style sheet, which nothing from outside may write to.
        "columns": [place for place, name in enumerate(named) if name in own or "*" in own],
    }


def _check(check: Record, findings: Findings, *, hangs: bool) -> Shown:
    """Return a check for the list of requirements, an open one with its exchanges unless it hangs on a finding.

    Failures stand among the findings, with all that shows them.
    """
    if check["outcome"] == "cantTell" and check["evidence"] and not hangs:
        return {**findings.check(check), "full": True}
    texts = {name: clip(check[name] or "", TEXT_BOUND) for name in ("reason", "expected", "actual")}
    return {**check, **texts, "case": case_name(check["id"]), "full": False}


def _observation(seen: Record, exchanges: ShownExchanges, rulings: Mapping[str, Record]) -> Shown:
    found = exchanges.found(seen["evidence"])
    names = RecordNames(found)
    shown = [exchanges.whole(one, names) for one in found[:1]]
    return {**seen, "shown": shown, "why": rulings.get(seen["ruling"])}


def _latency(evidence: Evidence, named: Sequence[str]) -> Shown:
    """Return the plot of what calls took, in the interface's order."""
    plot = latencies(evidence.exchanges.values())
    order = {name: place for place, name in enumerate(named)}
    return {**plot, "rows": sorted(plot["rows"], key=lambda row: order.get(row["operation"], len(order)))}
