"""A trend: what several runs said of each requirement, side by side, the oldest run first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from osia_conformance.reports.exchanges import Record
from osia_conformance.reports.headline import LEVELS, counted
from osia_conformance.reports.moments import minute
from osia_conformance.reports.templates import page_environment
from osia_conformance.standard.interface import TITLE
from osia_conformance.support.text import one_line, visible

MARKS = {"passed": "+", "failed": "x", "cantTell": "?", "untested": "-", "inapplicable": "."}
"""By outcome, its mark in a terminal; where a run's register has no such requirement, a space stands."""

_WORDS = {"passed": "passed", "failed": "failed", "cantTell": "could not be judged", "untested": "did not run"}
_EVERY = {**_WORDS, "inapplicable": "does not apply"}
_VERDICTS = {"conformant": "conformant", "nonconformant": "not conformant", "incomplete": "incomplete"}
_STEADY = ({"passed"}, {"inapplicable"})
_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Row:
    """A requirement with its outcome in each run, None where the run did not ask for it or its register did not have
    it."""

    requirement: str
    level: str
    title: str
    outcomes: tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class History:
    """Runs, the oldest first, and the requirements that ended in more ways than one, or always in one to mend."""

    runs: tuple[Record, ...]
    rows: tuple[Row, ...]
    steady: int


def history(runs: Sequence[Record]) -> History:
    """Return the trend of some runs' results, as in results.json."""
    ordered = sorted(runs, key=lambda results: str(results["started"]))
    by_run = [{entry["id"]: entry for entry in _asked_for(results)} for results in ordered]
    latest = {name: entry for entries in by_run for name, entry in entries.items()}
    rows = [_row(latest[name], by_run) for name in sorted(latest)]
    moving = [row for row in rows if {one for one in row.outcomes if one} not in _STEADY]
    moving.sort(key=lambda row: LEVELS.index(row.level))
    return History(tuple(ordered), tuple(moving), len(rows) - len(moving))


def as_text(trend: History) -> str:
    """Return the trend for a terminal; nothing of a target's words can steer it."""
    lines = [f"{_letter(place)}  {one_line(run_line(results))}" for place, results in enumerate(trend.runs)]
    letters = " ".join(_letter(place) for place in range(len(trend.runs)))
    width = max((len(row.requirement) for row in trend.rows), default=0)
    lines += ["", f"{'':{width}}          {letters}"] if trend.rows else [""]
    for row in trend.rows:
        marks = " ".join(MARKS.get(outcome or "", " ") for outcome in row.outcomes)
        lines.append(one_line_kept(f"{row.requirement:{width}}  {row.level:6}  {marks}  {row.title}"))
    key = ", ".join(f"{mark} {_EVERY[name]}" for name, mark in MARKS.items())
    return "\n".join([*lines, "", steady_words(trend), key]) + "\n"


def as_html(trend: History) -> str:
    """Return the trend as one page that needs nothing else."""
    environment = page_environment(_HERE)
    shown = {
        "rows": trend.rows,
        "runs": [_run(place, results) for place, results in enumerate(trend.runs)],
        "steady": steady_words(trend),
        "words": _EVERY,
    }
    environment.globals["interface"] = TITLE
    return environment.get_template("history.html.j2").render(shown)


def run_line(results: Record) -> str:
    """Return a run in words: when, its verdict and its counts of MUST, what it judged."""
    return f"{minute(str(results['started']))}: {_ended(results)}, {_of_what(results)}"


def _ended(results: Record) -> str:
    """Return the verdict of a run, what kind of run it was, and its counts of MUST."""
    part = ", a selection" if results.get("selection") else ""
    demonstration = ", a demonstration" if results.get("demonstration") else ""
    ending = "" if results["ending"] == "complete" else f", {results['ending']}"
    counts = ", ".join(_counts(results))
    verdict = str(results["verdict"])
    # A newer suite may know other ones.
    return f"{_VERDICTS.get(verdict, one_line(verdict))}{part}{demonstration}{ending} ({counts})"


def _of_what(results: Record) -> str:
    return f"{_product(results)}, interface {results['interfaceVersion']}, run {results['runId']}"


def steady_words(trend: History) -> str:
    """Return how many requirements are left out, since all runs agree on them."""
    return f"{counted(trend.steady, 'requirement')} passed in every run, or never applied, and are left out."


def one_line_kept(text: str) -> str:
    """Return a line with its columns, safe to print."""
    return visible(text.replace("\n", " ")).rstrip()


def _asked_for(results: Record) -> list[Record]:
    """Return the requirements of a run without those that a selection left out: they say nothing of the item."""
    every: list[Record] = results["requirements"]
    return [entry for entry in every if not (results.get("selection") and entry["outcome"] == "untested")]


def _row(entry: Record, by_run: Sequence[Record]) -> Row:
    outcomes = tuple(entries[entry["id"]]["outcome"] if entry["id"] in entries else None for entries in by_run)
    return Row(entry["id"], entry["level"], entry["title"], outcomes)


def _run(place: int, results: Record) -> dict[str, Any]:
    return {
        "letter": _letter(place),
        "line": run_line(results),
        "started": results["started"],
        "day": minute(str(results["started"])),
        "ended": _ended(results),
        "of": _of_what(results),
    }


def _counts(results: Record) -> Iterator[str]:
    musts = [entry["outcome"] for entry in results["requirements"] if entry["level"] == "MUST"]
    for outcome, words in _WORDS.items():
        number = musts.count(outcome)
        if number or outcome == "passed":
            yield f"{number} {words}"


def _product(results: Record) -> str:
    names = (results["product"].get(key) for key in ("name", "version"))
    return " ".join(str(name) for name in names if name) or "the target"


def _letter(place: int) -> str:
    """Return the name of a run: A to Z, then a digit of its place."""
    return chr(ord("A") + place) if place < 26 else str(place % 10)  # noqa: PLR2004 - letters of the alphabet
