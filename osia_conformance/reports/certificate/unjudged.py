"""What was not judged and why, what is waived, and what was observed."""

from __future__ import annotations

from collections.abc import Sequence

from osia_conformance.reports.certificate.blocks import Block, Bullets, Cell, Table, Text
from osia_conformance.reports.certificate.printable import line
from osia_conformance.reports.certificate.services import OUTCOME_TONES, OUTCOME_WORDS
from osia_conformance.reports.exchanges import Record
from osia_conformance.reports.headline import open_reasons

REASONS = 12  # rows of one table
NAMED = 3  # ids of one row
LISTED = 40  # waivers, observations
_ORDER = ("cantTell", "untested", "inapplicable")


def not_judged(results: Record) -> tuple[Block, ...]:
    """Return what was not judged, by outcome and reason: what counts first, then the most frequent."""
    reasons: dict[tuple[str, str, str], list[str]] = {}
    for entry in results["requirements"]:
        if entry["outcome"] in _ORDER:
            key = (entry["outcome"], entry["level"], _reason(entry))
            reasons.setdefault(key, []).append(entry["id"])
    if not reasons:
        return (*_said(results), Text("Every requirement of the version was judged."))
    rows = sorted(reasons.items(), key=lambda pair: (_ORDER.index(pair[0][0]), pair[0][1] != "MUST", -len(pair[1])))
    table = Table(
        ("Outcome", "Level", "Reason", "Requirements"),
        tuple(_row(*key, ids) for key, ids in rows[:REASONS]),
        ("auto", "auto", "3fr", "2fr"),
    )
    return (*_said(results), table, *_more(rows[REASONS:]))


def waivers(results: Record) -> tuple[Block, ...]:
    """Return the waivers, which change neither an outcome nor the verdict."""
    if not results["waivers"]:
        return (Text("There are no waivers."),)
    rows = [
        (
            Cell(line(waiver["requirement"], 60), mono=True),
            Cell(line(waiver["state"]), "plain" if waiver["state"] == "applied" else "bad"),
            Cell(line(waiver["expires"])),
            Cell(line(waiver["owner"], 80)),
            Cell(line(waiver["reason"], 200)),
        )
        for waiver in results["waivers"]
    ]
    head = ("Requirement", "State", "Until", "Owner", "Reason")
    note = "A waiver changes the exit code of the run alone. The verdict and every outcome stand as they were judged."
    return (Text(note), Table(head, tuple(rows[:LISTED]), ("auto", "auto", "auto", "1fr", "2fr")))


def observations(results: Record) -> tuple[Block, ...]:
    """Return what was observed: unusual, and conformant all the same."""
    seen = results["observations"]
    if not seen:
        return (Text("Nothing unusual was observed."),)
    rows = [
        (Cell(line(one["operation"], 40)), Cell(line(one["text"], 240)), Cell(line(one["ruling"], 40), mono=True))
        for one in seen[:LISTED]
    ]
    more = (Text(f"{len(seen) - LISTED} more stand in the report.", "muted"),) if len(seen) > LISTED else ()
    note = "Each is unusual and breaks no requirement; its ruling says why."
    return (Text(note), Table(("Operation", "Observed", "Ruling"), tuple(rows), ("auto", "1fr", "auto")), *more)


def _said(results: Record) -> tuple[Block, ...]:
    said = tuple(f"{line(reason, 400).rstrip('.')}." for reason in open_reasons(results)[:12])
    return (Bullets(tuple(one[:1].upper() + one[1:] for one in said)),) if said else ()


def _reason(entry: Record) -> str:
    return line(entry["reason"] or "no reason was given", 260)


def _row(outcome: str, level: str, reason: str, ids: Sequence[str]) -> tuple[Cell, ...]:
    more = f" and {len(ids) - NAMED} more" if len(ids) > NAMED else ""
    return (
        Cell(OUTCOME_WORDS[outcome] if outcome != "inapplicable" else "not applicable", OUTCOME_TONES[outcome]),
        Cell(level),
        Cell(reason),
        Cell(f"{', '.join(line(name) for name in ids[:NAMED])}{more}", mono=True),
    )


def _more(rows: Sequence[tuple[tuple[str, str, str], list[str]]]) -> tuple[Block, ...]:
    if not rows:
        return ()
    count = sum(len(ids) for _, ids in rows)
    return (Text(f"{count} more requirements, for {len(rows)} more reasons, stand in the report.", "muted"),)
