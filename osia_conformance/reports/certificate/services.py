"""Results by service: the standard's names of its operations, and what came of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from osia_conformance.reports.certificate.blocks import Block, Cell, Table, Text, Tone
from osia_conformance.reports.exchanges import Record
from osia_conformance.standard.operations import Operation, operations

OPEN = ("cantTell", "untested")
OUTCOME_WORDS = {
    "passed": "passed",
    "failed": "failed",
    "cantTell": "not judged",
    "untested": "not run",
    "inapplicable": "n/a",
}
OUTCOME_TONES: dict[str, Tone] = {
    "passed": "good",
    "failed": "bad",
    "cantTell": "open",
    "untested": "open",
    "inapplicable": "muted",
}
_WIDTHS = ("auto", "1fr", "auto", *["auto"] * 6)
_HEAD = ("Service", "Method and path", "Verdict", "passed", "failed", "open", "n/a", "SHOULD", "MAY")


def by_service(results: Record) -> tuple[Block, ...]:
    """Return the table of services, the whole in its last row."""
    every = results["requirements"]
    services = operations(results["interfaceVersion"])
    rows = [_row(one.name, f"{one.method} {one.path}", _of(every, one.id)) for one in services]
    across = [entry for entry in every if "*" in entry["operations"]]
    rows += [_row("Across the services", "", across)] if across else []
    return (
        Table(_HEAD, (*rows, _whole(results)), _WIDTHS, right=(3, 4, 5, 6, 7, 8)),
        Text(
            "Passed, failed, open (not judged or not run) and n/a (not applicable) count MUST requirements. SHOULD and "
            "MAY give those that passed of those that apply; they decide nothing. A requirement that concerns several "
            "services counts for each, and once for the whole.",
            "muted",
        ),
    )


def service_verdict(requirements: Sequence[Record]) -> tuple[str, Tone]:
    """Return the verdict of these requirements in words, and its tone: the decision rule, applied to them alone."""
    outcomes = {entry["outcome"] for entry in requirements if entry["level"] == "MUST"}
    if "failed" in outcomes:
        return "not conformant", "bad"
    if outcomes & set(OPEN) or "passed" not in outcomes:
        return "incomplete", "open"
    return "conformant", "good"


def service_of(entry: Record, version: str) -> Operation | None:
    """Return the one service that a requirement concerns, None if it is none or several."""
    found = [one for one in operations(version) if one.id in entry["operations"]]
    return found[0] if len(found) == 1 and len(entry["operations"]) == 1 else None


def _of(requirements: Sequence[Record], operation: str) -> list[Record]:
    return [entry for entry in requirements if operation in entry["operations"]]


def _whole(results: Record) -> tuple[Cell, ...]:
    words = {"conformant": "conformant", "nonconformant": "not conformant", "incomplete": "incomplete"}
    tones: dict[str, Tone] = {"conformant": "good", "nonconformant": "bad", "incomplete": "open"}
    row = _row("The whole", "", results["requirements"])
    return (row[0], row[1], Cell(words[results["verdict"]], tones[results["verdict"]]), *row[3:])


def _row(name: str, place: str, requirements: Sequence[Record]) -> tuple[Cell, ...]:
    word, tone = service_verdict(requirements)
    musts = Counter(entry["outcome"] for entry in requirements if entry["level"] == "MUST")
    open_ones = sum(musts[outcome] for outcome in OPEN)
    return (
        Cell(name),
        Cell(place, mono=True),
        Cell(word, tone),
        Cell(str(musts["passed"])),
        Cell(str(musts["failed"]), "bad" if musts["failed"] else "muted"),
        Cell(str(open_ones), "open" if open_ones else "muted"),
        Cell(str(musts["inapplicable"]), "muted"),
        Cell(_share(requirements, "SHOULD")),
        Cell(_share(requirements, "MAY")),
    )


def _share(requirements: Sequence[Record], level: str) -> str:
    outcomes = [entry["outcome"] for entry in requirements if entry["level"] == level]
    applying = [outcome for outcome in outcomes if outcome != "inapplicable"]
    return f"{applying.count('passed')}/{len(applying)}" if applying else "-"
