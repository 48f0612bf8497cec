"""`report.html`: the run for people. One file, nothing loaded from outside, no script.

`view` works out what the template shows; the template, `report.html.j2` with `report.css`, only lays it out.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from osia_conformance.reports import files
from osia_conformance.reports.cases import group
from osia_conformance.reports.evidence import Evidence, Record, as_text, gather, milliseconds
from osia_conformance.reports.text import clip, visible

BOUND = 8 * 1024  # bytes of a body that are shown
TEXT_BOUND = 4_000  # characters of reason, expected and actual; half a command would be worse than a long one
OUTCOMES = ("failed", "cantTell", "untested", "passed", "inapplicable")
LEVELS = ("MUST", "SHOULD", "MAY")
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

Shown = dict[str, Any]


def write(results: Record, records: Sequence[Record], directory: Path) -> Path:
    """Write `results`, with the journal's evidence, to `report.html` under `directory`; return its path."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_printable,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["thousands"] = lambda number: f"{number:,}"
    environment.filters["pretty"] = files.as_json
    template = environment.get_template("report.html.j2")
    return files.write(
        directory / "report.html", template.generate(view(results, gather(records, directory)))
    )


def view(results: Record, evidence: Evidence) -> Shown:
    """Return what the template shows: `results`, and all that has to be counted or looked up for it."""
    requirements = results["requirements"]
    return {
        "results": results,
        "verdict": VERDICTS[results["verdict"]],
        "outcomes": OUTCOMES,
        "labels": LABELS,
        "plain_http": results["target"]["url"].lower().startswith("http:"),
        "levels": [
            _counts(level, [item for item in requirements if item["level"] == level]) for level in LEVELS
        ],
        "operations": _operations(requirements),
        "findings": [item for item in requirements if item["outcome"] in {"failed", "cantTell"}],
        "groups": _groups(requirements, evidence),
        "observations": [{**seen, "shown": _exchanges(seen, evidence)} for seen in results["observations"]],
    }


def _printable(value: Any) -> Any:
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _counts(name: str, requirements: Sequence[Record]) -> Shown:
    outcomes = [requirement["outcome"] for requirement in requirements]
    counts = {outcome: outcomes.count(outcome) for outcome in OUTCOMES}
    return {"name": name, "counts": counts, "total": len(outcomes)}


def _operations(requirements: Sequence[Record]) -> list[Shown]:
    names = sorted({name for requirement in requirements for name in requirement["operations"]})
    return [_counts(name, [item for item in requirements if name in item["operations"]]) for name in names]


def _groups(requirements: Sequence[Record], evidence: Evidence) -> list[Shown]:
    by_subject = groupby(sorted(requirements, key=_subject), _subject)
    return [
        {"name": name, "requirements": [_requirement(requirement, evidence) for requirement in members]}
        for name, members in by_subject
    ]


def _subject(requirement: Record) -> str:
    return group(requirement["id"])


def _requirement(requirement: Record, evidence: Evidence) -> Shown:
    checks = sorted(requirement["checks"], key=lambda check: OUTCOMES.index(check["outcome"]))
    return {**requirement, "checks": [_check(check, evidence) for check in checks]}


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
    return {"name": name, "headers": message["headers"], "size": message["size"], "text": text, "note": note}
