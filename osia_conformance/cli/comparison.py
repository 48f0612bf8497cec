"""`osia-conformance compare OLD NEW`: what changed for the better and the worse between two runs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from osia_conformance.reports.markdown import bounded, code
from osia_conformance.support import files
from osia_conformance.support.text import one_line
from osia_conformance.verdict.finished_run import results_of
from osia_conformance.verdict.waivers import APPLIED

JUDGED = ("passed", "failed")
SILENT = ("cantTell", "untested")
KINDS = {
    "newlyFailing": "Newly failing",
    "lost": "Lost coverage",
    "nowVisible": "Now visible",
    "stillFailing": "Still failing",
    "fixed": "Fixed",
    "gained": "New coverage",
    "dropped": "No longer asked",
}
"""The kinds of change, the worst first; the first two make a run worse than the one before."""
WORSE = ("newlyFailing", "lost")
FORMATS = ("text", "markdown", "json")

Results = Mapping[str, Any]

_HIDDEN = re.compile(r"cannot be judged while (.+) fails$")
_NEEDED_FIRST = ", needed first, "
"""What the reasons say of checks that another fault did not let be judged."""


@dataclass(frozen=True, slots=True)
class Change:
    """One requirement whose outcome differs or still fails. `old`, `new` are outcomes, None where the run's
    register has no such requirement; `waived` if a valid waiver of the new run stands for it."""

    kind: str
    requirement: str
    level: str
    title: str
    old: str | None
    new: str | None
    reason: str | None
    waived: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs and the changes between them, by requirement id."""

    old: Results
    new: Results
    changes: tuple[Change, ...]

    def of(self, kind: str) -> list[Change]:
        """Return the changes of one kind."""
        return [change for change in self.changes if change.kind == kind]

    @property
    def worse(self) -> bool:
        """Whether something fails, or is no longer judged, that did and was before, and is not waived."""
        return any(change.kind in WORSE and not change.waived for change in self.changes)


def compare(old: Path, new: Path, form: str = "text") -> tuple[int, str]:
    """Compare two report directories (or results.json files); return the exit code, 1 if something got worse,
    and the comparison as "text", "markdown" or "json". Raises ConfigurationError if one holds no report."""
    comparison = compared(results_of(old), results_of(new))
    written = {"text": as_text, "markdown": as_markdown, "json": as_json}[form](comparison)
    return int(comparison.worse), written


def compared(old: Results, new: Results) -> Comparison:
    """Return what changed from the results `old` to the results `new`."""
    before = {entry["id"]: entry for entry in old["requirements"]}
    after = {entry["id"]: entry for entry in new["requirements"]}
    waived = {one["requirement"] for one in new.get("waivers", ()) if one["state"] == APPLIED}
    names = [name for name in sorted({**before, **after}) if _was_asked(name, (old, before), (new, after))]
    found = (_change(name, before.get(name), after.get(name), waived, after) for name in names)
    return Comparison(old, new, tuple(change for change in found if change is not None))


def _was_asked(name: str, *runs: tuple[Results, Mapping[str, Results]]) -> bool:
    """Return whether a requirement was asked for in each run: what a selection left out has not changed."""
    return not any(run.get("selection") and _was_left_out(entries.get(name)) for run, entries in runs)


def _was_left_out(entry: Results | None) -> bool:
    return entry is not None and entry["outcome"] == "untested" and not entry["checks"]


def _change(
    name: str, before: Results | None, after: Results | None, waived: set[str], entries: Mapping[str, Results]
) -> Change | None:
    old = before["outcome"] if before else None
    new = after["outcome"] if after else None
    kind = _kind(old, new)
    if kind == "newlyFailing" and old == "cantTell" and before and _was_hidden(before, entries):
        kind = "nowVisible"
    shown = after or before
    if kind is None or shown is None:
        return None
    reason = after.get("reason") if after else None
    return Change(kind, name, shown["level"], shown["title"], old, new, reason, name in waived)


def _was_hidden(before: Results, entries: Mapping[str, Results]) -> bool:
    """Return whether a requirement could not be judged before because of another fault, which is there no more."""
    reason = before.get("reason") or ""
    if _NEEDED_FIRST in reason:
        return True
    found = _HIDDEN.match(reason)
    names = found[1].split(", ") if found else []
    return bool(names) and not any(entries[name]["outcome"] == "failed" for name in names if name in entries)


def _kind(old: str | None, new: str | None) -> str | None:
    if new == "failed":
        return "stillFailing" if old == "failed" else "newlyFailing"
    if new == "passed":
        return {"failed": "fixed", "passed": None}.get(old or "", "gained")
    if old in JUDGED:
        return "lost" if new in SILENT else "dropped"
    return None


def as_text(comparison: Comparison) -> str:
    """Return the comparison for a terminal; nothing of the target's words can steer it."""
    lines = [*_heads(comparison), ""]
    for kind, heading in KINDS.items():
        changes = comparison.of(kind)
        if changes:
            lines += [f"{heading} ({len(changes)})", *(f"  {_line(change)}" for change in changes), ""]
    return "\n".join([*lines, _conclusion(comparison)]) + "\n"


def as_markdown(comparison: Comparison) -> str:
    """Return the comparison as the comment of a pull request; words of others stand in code spans."""
    sign = "❌" if comparison.worse else "✅"
    lines = [f"### {sign} OSIA conformance: {_conclusion(comparison)}", ""]
    lines += [f"- {code(head)}" for head in _heads(comparison)]
    for kind, heading in KINDS.items():
        changes = comparison.of(kind)
        if changes:
            entries = bounded([_entry(change) for change in changes])
            opened = " open" if kind in WORSE else ""
            lines += ["", f"<details{opened}><summary>{heading} ({len(changes)})</summary>", ""]
            lines += [*entries, "", "</details>"]
    return "\n".join(lines) + "\n"


def as_json(comparison: Comparison) -> str:
    """Return the comparison as JSON: `worse`, the two runs, and the changes of each kind."""
    kinds = {kind: [_record(change) for change in comparison.of(kind)] for kind in KINDS}
    runs = {name: _run(results) for name, results in (("old", comparison.old), ("new", comparison.new))}
    return files.as_json({"schemaVersion": "1.0", "worse": comparison.worse, **runs, **kinds})


def _run(results: Results) -> dict[str, Any]:
    names = ("runId", "verdict", "ending", "interfaceVersion", "started", "seed", "effort", "selection")
    return {name: results.get(name) for name in names}


def _record(change: Change) -> dict[str, Any]:
    names = ("requirement", "level", "title", "old", "new", "reason", "waived")
    return {name: getattr(change, name) for name in names}


def _heads(comparison: Comparison) -> Iterator[str]:
    for name, results in (("old", comparison.old), ("new", comparison.new)):
        part = ", a selection" if results.get("selection") else ""
        ending = "" if results["ending"] == "complete" else f", {results['ending']}"
        yield one_line(
            f"{name}: {results['verdict']}, interface {results['interfaceVersion']}, "
            f"{results['started']}, run {results['runId']}{part}{ending}"
        )


def _line(change: Change) -> str:
    words = f": {change.reason}" if change.new != "passed" and change.reason else ""
    waived = " (waived)" if change.waived else ""
    return one_line(f"{change.requirement}  {change.level}  {_outcomes(change)}{waived}  {change.title}{words}", 500)


def _entry(change: Change) -> str:
    words = f": {code(change.reason)}" if change.new != "passed" and change.reason else ""
    waived = ", waived" if change.waived else ""
    outcomes = f"{change.level}, {_outcomes(change)}{waived}"
    return f"- **{change.requirement}** ({outcomes}) {code(change.title)}{words}"


def _outcomes(change: Change) -> str:
    return f"{change.old or 'not asked'} → {change.new or 'not asked'}"


def _conclusion(comparison: Comparison) -> str:
    counts = {kind: len(comparison.of(kind)) for kind in KINDS}
    parts = [f"{counts[kind]} {heading.lower()}" for kind, heading in KINDS.items() if counts[kind]]
    words = "something got worse" if comparison.worse else "nothing got worse"
    return f"{words}: {', '.join(parts)}" if parts else f"{words}, and nothing changed"
