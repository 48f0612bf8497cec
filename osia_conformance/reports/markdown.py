"""`summary.md`: the run on one page, in GitHub's and GitLab's Markdown, and in a CI job's step summary.

What the target, the vendor or the configuration said stands in code spans, whose content no renderer
interprets: no markup, no image, no mention.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from osia_conformance.reports.exchanges import Record
from osia_conformance.reports.headline import headline, open_reasons, with_outcome
from osia_conformance.standard import interface
from osia_conformance.support import files
from osia_conformance.support.text import one_line
from osia_conformance.verdict import demonstration
from osia_conformance.verdict.causes import causes_phrase
from osia_conformance.verdict.report_files import SUMMARY

STEP_SUMMARY = "GITHUB_STEP_SUMMARY"
SHOWN = 50  # entries of one list; a job's summary has its limits
ORDER = ("passed", "failed", "cantTell", "untested", "inapplicable")
HEADINGS = {
    "conformant": "✅ Conformant",
    "nonconformant": "❌ Not conformant",
    "incomplete": "⚠️ Incomplete: no verdict on conformance",
}


def write(results: Record, records: Sequence[Record], directory: Path) -> Path:
    """Write the summary of `results` to `summary.md` under `directory` and return its path."""
    return files.write(directory / SUMMARY, [summary(results)])


def append_to_step(text: str, environ: Mapping[str, str] = os.environ) -> bool:
    """Append `text` to the file that a CI job names for its summary; return whether there was one."""
    name = environ.get(STEP_SUMMARY)
    if not name:
        return False
    try:
        with Path(name).open("a", encoding="utf-8", errors="backslashreplace") as file:
            file.write(f"{text}\n")
    except (OSError, ValueError):
        # The page of a job is a courtesy; it must not cost the run its verdict.
        return False
    return True


def summary(results: Record) -> str:
    """Return the run's summary as Markdown."""
    return "\n".join([*_head(results), *_counts(results), *_causes(results), *_open(results), *_more(results)]) + "\n"


def code(text: str, limit: int = 300) -> str:
    """Return `text` as a code span on one line that nothing in it can leave, also inside a table."""
    line = one_line(text, limit).replace("|", "\\|")
    longest = max((len(run) for run in re.findall("`+", line)), default=0)
    fence = "`" * (longest + 1)
    space = " " if line.startswith("`") or line.endswith("`") or not line else ""
    return f"{fence}{space}{line}{space}{fence}"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Return the lines of a table; its cells are Markdown already."""
    lines = [head, ["---"] * len(head), *rows]
    return [f"| {' | '.join(cells)} |" for cells in lines]


def bounded(lines: Sequence[str]) -> list[str]:
    """Return the first lines of a list, and how many more there are."""
    more = [f"- and {len(lines) - SHOWN} more, in `results.json`"] if len(lines) > SHOWN else []
    return [*lines[:SHOWN], *more]


def _head(results: Record) -> Iterator[str]:
    names = (results["product"].get(key) for key in ("vendor", "name", "version"))
    product = code(" ".join(name for name in names if name) or "the target")
    yield f"## {HEADINGS[results['verdict']]}"
    yield ""
    for note in demonstration.notes(results):
        yield from (f"> **{note}**", "")
    yield f"{interface.TITLE} {results['interfaceVersion']}: {product} at {code(results['target']['url'])}"
    yield ""
    if words := headline(results):
        yield f"- {words}"
    yield from (f"- {code(reason)}" for reason in open_reasons(results))
    yield from (f"- waiver: {code(waiver['note'])}" for waiver in results["waivers"])
    yield ""


def _counts(results: Record) -> list[str]:
    rows = []
    for level in ("MUST", "SHOULD", "MAY"):
        outcomes = [entry["outcome"] for entry in results["requirements"] if entry["level"] == level]
        rows.append([level, *(str(outcomes.count(name)) for name in ORDER), str(len(outcomes))])
    return table(["Requirements", *ORDER, "all"], rows)


def _causes(results: Record) -> list[str]:
    """Return the causes of several findings, each with its requirements."""
    found = results.get("causes", ())
    lines = [f"- **{one['id']}** {code(one['title'])}: {', '.join(one['requirements'])}" for one in found]
    return ["", f"### {causes_phrase(results)}", "", *bounded(lines)] if len(lines) > 1 else []


def _open(results: Record) -> Iterator[str]:
    for outcome, heading in (("failed", "Failed"), ("cantTell", "Could not be judged")):
        found = with_outcome(results, outcome)
        if found:
            yield from ("", f"### {heading} ({len(found)})", "")
            yield from bounded([_finding(entry) for entry in found])


def _finding(entry: Record) -> str:
    check: Record = next((one for one in entry["checks"] if one["outcome"] == entry["outcome"]), {})
    parts = [f"- **{entry['id']}** ({entry['level']}) {code(entry['title'])}"]
    if check.get("expected"):
        parts.append(f"expected {code(check['expected'])}, got {code(check.get('actual') or 'nothing')}")
    elif entry["reason"]:
        parts.append(code(entry["reason"]))
    if entry.get("fix") and entry["outcome"] == "failed":
        parts.append(code(entry["fix"]))
    return ": ".join(parts)


def _more(results: Record) -> Iterator[str]:
    observed = [f"- {one['ruling']}, {one['operation']}: {code(one['text'])}" for one in results["observations"]]
    left = [f"- {code(one['enrollment'])}: {code(one['reason'])}" for one in results["leftovers"]]
    for heading, lines in (("Observations", observed), ("Left on the target", left)):
        if lines:
            yield from ("", f"<details><summary>{heading} ({len(lines)})</summary>", "")
            yield from (*bounded(lines), "", "</details>")
    facts: dict[str, Any] = {
        "run": results["runId"],
        "suite": results["tool"]["version"],
        "seed": results["seed"],
        "effort": results["effort"],
        "started": results["started"],
        "calls": results["exchanges"],
    }
    yield from ("", ", ".join(f"{name} {code(str(value))}" for name, value in facts.items()))
