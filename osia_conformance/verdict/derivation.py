"""From the journal to outcomes and a verdict. Nothing else decides, and nothing here looks at the target."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from osia_conformance import __version__
from osia_conformance.standard.register import Register, Requirement
from osia_conformance.standard.versions import claim_text
from osia_conformance.support.json_types import Record
from osia_conformance.verdict import causes, dependence, shards, waivers
from osia_conformance.verdict.exit_codes import EXIT_CODES, EXIT_FAULT, EXIT_INTERRUPTED
from osia_conformance.verdict.judged_checks import judged_checks
from osia_conformance.verdict.outcomes import CONFORMANT, INCOMPLETE, NONCONFORMANT, worst

_CUT_OFF = "the run ended, or its worker was lost, before this check was judged"


def derive(records: Sequence[Record], register: Register) -> dict[str, Any]:
    """Return results.json's content. Raises ValueError if the journal has no header."""
    header = next((line for line in records if line["kind"] == "header"), None)
    if header is None:
        raise ValueError("the journal has no header, so nothing is known about its run")
    footer = next((line for line in reversed(records) if line["kind"] == "footer"), None)
    parts = shards.state(header)
    stopped = [line for line in records if line["kind"] == "stopped"]
    requirements = _requirements(records, register, stopped, parts)
    grouped = causes.group(requirements, _operations(records, requirements))
    observations = _observations(records)
    reasons = _reasons(header, footer, stopped, requirements, shards.reason(parts))
    return {
        "schemaVersion": "1.0",
        "runId": header["runId"],
        "tool": header["tool"],
        "product": header["product"],
        "demonstration": bool(header["target"].get("embedded")),
        "verdict": _verdict(requirements, reasons),
        "reasons": reasons,
        "ending": _ending(footer, stopped),
        "interfaceVersion": header["interfaceVersion"],
        "claim": claim_text(header["interfaceVersion"]),
        "target": header["target"],
        "seed": header["seed"],
        "effort": header["effort"],
        "workers": workers_of(records, header),
        "selection": header["selection"],
        "started": header["started"],
        "finished": footer["finished"] if footer else _last_time(records),
        "configuration": header["configuration"],
        "environment": header["environment"],
        "exchanges": sum(line["kind"] == "exchange" for line in records),
        "retries": _retries(records),
        "requirements": requirements,
        "causes": grouped,
        "observations": observations,
        "rulings": _rulings(register, requirements, observations),
        "waivers": waivers.states(header, requirements),
        "leftovers": _leftovers(records),
        "totals": _totals(requirements),
        **({"shards": parts} if parts else {}),
        **{name: header[name] for name in ("spec", "report") if name in header},
    }


def exit_code(results: Record) -> int:
    """Return the exit code of a run with these results (`verdict.exit_codes`)."""
    if results["ending"] == "interrupted":
        return EXIT_INTERRUPTED
    if results["ending"] == "failed":
        return EXIT_FAULT
    if waivers.stale(results):
        return EXIT_CODES[NONCONFORMANT]
    return EXIT_CODES[waivers.verdict_left(results)]


def tool() -> dict[str, str]:
    """Return how the suite names itself in reports: `name` and `version`."""
    return {"name": "osia-conformance", "version": __version__}


def _ending(footer: Record | None, stopped: Sequence[Record]) -> str:
    """Return how the run ended: one that came to its end may have been stopped before on the way."""
    if footer is None:
        return "cut off"
    causes = {line["cause"] for line in stopped}
    if footer["ending"] != "complete" or not causes:
        return str(footer["ending"])
    return "out of time" if "max-time" in causes else "target lost"


def workers_of(records: Sequence[Record], header: Record) -> int:
    """Return how many checks were judged side by side: as was stated, or as the run found out of its target."""
    found = [line["workers"] for line in records if line["kind"] == "workers"]
    return int(header["workers"] if "shards" in header or not found else found[-1])


def _retries(records: Sequence[Record]) -> dict[str, Any]:
    """Return how many calls were sent again: on a new connection, and after they were put off (seconds waited)."""
    exchanges = [line for line in records if line["kind"] == "exchange"]
    waits = [line["waited"] for line in exchanges if line.get("waited")]
    return {
        "connections": sum(line.get("retries", 0) for line in exchanges),
        "putOff": len(waits),
        "waited": round(sum(waits), 3),
    }


def _requirements(
    records: Sequence[Record], register: Register, stopped: Sequence[Record], parts: Record | None
) -> list[dict[str, Any]]:
    checks = _checks(records, parts, stopped[0]["reason"] if stopped else None)
    settled = dependence.settle(register, checks)
    return [_requirement(entry, settled.get(entry.id, [])) for entry in register.requirements.values()]


def _operations(records: Sequence[Record], requirements: Sequence[Record]) -> dict[str, str]:
    """Return the operation of each exchange that an open check names."""
    checks = (check for entry in requirements for check in entry["checks"] if check["outcome"] == "cantTell")
    named = {exchange for check in checks for exchange in check["evidence"]}
    return {line["id"]: line["operation"] for line in records if line["kind"] == "exchange" and line["id"] in named}


def _checks(records: Sequence[Record], parts: Record | None, stop: str | None) -> dict[str, list[dict[str, Any]]]:
    """Group the checks by requirement: planned ones that were never judged are untested; `stop` says why."""
    judged = judged_checks(records)
    planned = {
        (check["requirement"], check["id"]): check
        for line in records
        if line["kind"] == "plan"
        for check in line["checks"]
    }
    ended = (_ended(line) for line in records if line["kind"] == "footer")
    why = stop or next(ended, None) or _CUT_OFF
    grouped: dict[str, list[dict[str, Any]]] = {}
    for key in {**planned, **judged}:
        check = judged.get(key)
        outcome = _check(check) if check else _never_judged(planned[key], parts, why)
        grouped.setdefault(key[0], []).append(outcome)
    return grouped


def _check(line: Record) -> dict[str, Any]:
    members = ("id", "operation", "outcome", "reason", "expected", "actual", "curl", "evidence", "seconds")
    more = (name for name in ("symptom", "decisive") if name in line)
    return {name: line[name] for name in (*members, *more)}


def _never_judged(plan: Record, parts: Record | None, reason: str) -> dict[str, Any]:
    return {
        "id": plan["id"],
        "operation": plan["operation"],
        "outcome": "untested",
        "reason": "another shard judges this check" if shards.elsewhere(parts, plan) else reason,
        "expected": None,
        "actual": None,
        "curl": None,
        "evidence": [],
        "seconds": 0.0,
    }


def _requirement(entry: Requirement, checks: list[dict[str, Any]]) -> dict[str, Any]:
    outcome, reason = _outcome(entry, checks)
    return {
        "id": entry.id,
        "level": entry.level,
        "operations": list(entry.operations),
        "title": entry.title,
        "clause": entry.clause,
        "derived": entry.derived,
        "status": entry.status,
        "rulings": list(entry.rulings),
        "outcome": outcome,
        "reason": reason,
        "seconds": round(sum(check["seconds"] for check in checks), 3),
        "checks": checks,
        **({"fix": fix} if (fix := entry.as_record().get("fix")) else {}),
    }


def _outcome(entry: Requirement, checks: Sequence[Record]) -> tuple[str, str | None]:
    if entry.status != "active":
        return "inapplicable", f"{entry.status}: {entry.reason}"
    if not checks:
        return "untested", "no check of this requirement ran"
    outcome = worst(check["outcome"] for check in checks)
    return outcome, next((check["reason"] for check in checks if check["outcome"] == outcome), None)


def _reasons(
    header: Record,
    footer: Record | None,
    stopped: Sequence[Record],
    requirements: Sequence[Record],
    missing: str | None,
) -> list[str]:
    """Return the sentences that say why this run is not complete."""
    reasons = []
    if footer is None:
        reasons.append("the run was cut off before it could write its end")
    elif reason := _ended(footer):
        reasons.append(reason)
    reasons += [each for each in dict.fromkeys(str(line["reason"]) for line in stopped) if each not in reasons]
    if header["configuration"].get("target", {}).get("read-only"):
        reasons.append("the run only read, so nothing that needs writing was judged")
    elif header["selection"]:
        reasons.append("only a selection of the checks was run")
    if missing:
        reasons.append(missing)
    every = [entry for entry in requirements if entry["level"] == "MUST" and entry["status"] == "active"]
    musts = [entry for entry in every if entry["outcome"] != "inapplicable"]
    for outcome, words in (("cantTell", "could not be judged"), ("untested", "did not run")):
        open_ones = [entry for entry in musts if entry["outcome"] == outcome]
        if open_ones:
            first = open_ones[0]
            why = "because of that" if first["reason"] in reasons else f"for instance {first['id']}: {first['reason']}"
            reasons.append(f"{len(open_ones)} of {len(musts)} MUST requirements {words}, {why}")
    if not any(entry["outcome"] in ("passed", "failed") for entry in musts):
        reasons.append("nothing was judged")
    return reasons


def _ended(footer: Record) -> str | None:
    """Return why a run did not come to everything, if its footer says so."""
    if footer["ending"] != "complete":
        return f"the run did not finish: {footer['reason'] or footer['ending']}"
    return str(footer["reason"]) if footer["reason"] else None


def _verdict(requirements: Sequence[Record], reasons: Sequence[str]) -> str:
    if any(entry["outcome"] == "failed" and entry["level"] == "MUST" for entry in requirements):
        return NONCONFORMANT
    return INCOMPLETE if reasons else CONFORMANT


def _observations(records: Sequence[Record]) -> list[dict[str, Any]]:
    """Return each observation once, with the evidence of all its occurrences (three at most)."""
    merged: dict[tuple[Any, ...], dict[str, Any]] = {}
    for line in records:
        if line["kind"] != "observation":
            continue
        key = (line["ruling"], line["operation"], line["text"])
        entry = merged.setdefault(
            key, {**{k: line[k] for k in ("ruling", "operation", "text", "check")}, "evidence": []}
        )
        entry["evidence"] = [*entry["evidence"], *line["evidence"]][:3]
    return list(merged.values())


def _rulings(
    register: Register, requirements: Sequence[Record], observations: Sequence[Record]
) -> list[dict[str, str]]:
    """Return the rulings that the results cite, with their texts: a report stands on its own."""
    cited = {name for entry in requirements for name in entry["rulings"]}
    cited |= {entry["ruling"] for entry in observations}
    known = (ruling for name, ruling in sorted(register.rulings.items()) if name in cited)
    return [{"id": ruling.id, "title": ruling.title, "text": ruling.text} for ruling in known]


def _leftovers(records: Sequence[Record]) -> list[dict[str, Any]]:
    lines = (line for line in records if line["kind"] == "leftover")
    return [{"enrollment": line["enrollment"], "reason": line["reason"]} for line in lines]


def _totals(requirements: Sequence[Record]) -> dict[str, Any]:
    every = Counter(entry["outcome"] for entry in requirements)
    musts = Counter(entry["outcome"] for entry in requirements if entry["level"] == "MUST")
    order = ("passed", "failed", "cantTell", "inapplicable", "untested")
    return {**{name: every[name] for name in order}, "must": {name: musts[name] for name in order}}


def _last_time(records: Sequence[Record]) -> str:
    times = (line.get("started") for line in reversed(records) if line["kind"] in ("exchange", "header"))
    return next(str(time) for time in times if time)
