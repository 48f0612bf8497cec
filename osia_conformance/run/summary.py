"""The end of a run on one screen: verdict, each requirement that failed in a line, and what to do next."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from osia_conformance.reports.headline import failed, headline
from osia_conformance.standard import interface
from osia_conformance.support.text import one_line, sentence, visible
from osia_conformance.target.service_ends import REQUIREMENT as SERVICE_REQUIREMENT
from osia_conformance.verdict import demonstration
from osia_conformance.verdict.report_files import HTML

if TYPE_CHECKING:
    from rich.console import Console

Results = Mapping[str, Any]

COLUMNS = ("passed", "failed", "cantTell", "untested", "inapplicable")
_STYLES = {"conformant": "bold green", "nonconformant": "bold red", "incomplete": "bold yellow"}
_MARKS = {"conformant": "\u2713", "nonconformant": "\u2717", "incomplete": "?"}
_PLAIN_MARKS = {"conformant": "+", "nonconformant": "x", "incomplete": "?"}
_SHOWN = 20
_LONGEST_WORD = 20
_SHOWN_REASONS = 5
_SHOWN_CALLS = 3
_LONGEST_COMMAND = 4000
_SECONDS_OF_MINUTE = 60


def by_operation(results: Results) -> dict[str, Counter[str]]:
    """Return by operationId ("*": all) how many requirements ended in which outcome; `results` is results.json's."""
    table: dict[str, Counter[str]] = {}
    for entry in results["requirements"]:
        for operation in entry["operations"]:
            table.setdefault(operation, Counter())[entry["outcome"]] += 1
    return table


def duration(results: Results) -> str:
    """Return how long a run took, such as "8 s" or "2 min 05 s"; "" if its times cannot be read."""
    try:
        start, end = (datetime.fromisoformat(results[name]) for name in ("started", "finished"))
        seconds = max(0, round((end - start).total_seconds()))
    except (TypeError, ValueError):
        return ""
    minutes, rest = divmod(seconds, _SECONDS_OF_MINUTE)
    return f"{minutes} min {rest:02} s" if minutes else f"{seconds} s"


class Summary:
    """Prints a run's results on a console; nothing of the target's words can steer it.

    `told` are reasons that stand on the screen already.
    """

    def __init__(self, results: Results, directory: Path, console: Console, told: Collection[str] = ()) -> None:
        self._results = results
        self._directory = directory
        self._console = console
        self._failed = failed(results)
        self._told = told

    def print(self, *, verbose: bool = False) -> None:
        """Print all of it; `verbose` adds the table by operation, the observations and the curl lines."""
        if verbose:
            self._print_curl_lines()
            self._print_table()
        self._print_observations(verbose=verbose)
        self._line("")
        self._print_failures()
        self._print_last_calls()
        self._print_open_points()
        self._line("")
        self.print_verdict_line()
        self._line(f"  {self._counts()}")
        for note in demonstration.notes(self._results):
            self._line(f"  {note}", style="bold")
        self._line("")
        self._print_next_steps()

    def print_verdict_line(self) -> None:
        """Print the verdict with what was judged and how long that took."""
        results, verdict = self._results, self._results["verdict"]
        marks = _MARKS if (self._console.encoding or "").lower().startswith("utf") else _PLAIN_MARKS
        names = (results["product"].get(key) for key in ("vendor", "name", "version"))
        product = " ".join(name for name in names if name) or "the target"
        took = duration(results)
        words = [verdict, f"{product}", f"{interface.NAME} {results['interfaceVersion']}", *([took] if took else [])]
        self._line(f"{marks[verdict]} {': '.join([words[0], ', '.join(words[1:])])}", style=_STYLES[verdict])

    def _counts(self) -> str:
        results = self._results
        must = results["totals"]["must"]
        counts = ", ".join(f"{must[name]} {name}" for name in COLUMNS if must[name])
        calls = f"{results['exchanges']} exchange{'' if results['exchanges'] == 1 else 's'}"
        return f"MUST: {counts}; {calls}"

    def _print_failures(self) -> None:
        if not self._failed:
            return
        self._line(headline(self._results), style="bold red")
        for entry in self._failed[:_SHOWN]:
            level = "" if entry["level"] == "MUST" else f" ({entry['level']})"
            self._line(fitted(f"  {entry['id']}{level}  {one_line(_said(entry))}", self._console), style="red")
        if len(self._failed) > _SHOWN:
            self._line(f"  {len(self._failed) - _SHOWN} more failures stand in the report.", style="red")

    def _print_last_calls(self) -> None:
        """Print the calls after which nothing answered, as commands."""
        entries = (entry for entry in self._results["requirements"] if entry["id"] == SERVICE_REQUIREMENT)
        found = [check for entry in entries for check in entry["checks"] if check["curl"]]
        for check in found[:_SHOWN_CALLS]:
            self._line(f"nothing answered after this {check['operation']}:", style="bold red")
            short = len(check["curl"]) <= _LONGEST_COMMAND
            text = visible(check["curl"]) if short else "its command stands in the report"
            self._plain("".join(f"    {line}\n" for line in text.splitlines()))
        if len(found) > _SHOWN_CALLS:
            self._line(f"{len(found) - _SHOWN_CALLS} more calls after which nothing answered stand in the report.")

    def _print_open_points(self) -> None:
        results = self._results
        self._print_some(
            [f"open: {reason}" for reason in results["reasons"] if reason not in self._told],
            "reasons stand in the report",
            "yellow",
            _SHOWN_REASONS,
        )
        left = [f"left on the target: {one['enrollment']}: {one['reason']}" for one in results["leftovers"]]
        self._print_some(left, "are left there", "yellow", _SHOWN)
        for waiver in results["waivers"]:
            style = "cyan" if waiver["state"] == "applied" else "bold red"
            self._line(one_line(f"waiver: {waiver['note']}"), style=style)

    def _print_observations(self, *, verbose: bool) -> None:
        observed = self._results["observations"]
        if verbose:
            lines = [f"observed ({one['ruling']}): {one['operation']}: {one['text']}" for one in observed]
            self._print_some(lines, "observations stand in the report", "cyan", _SHOWN)

    def _print_some(self, lines: Sequence[str], what: str, style: str, most: int) -> None:
        for line in lines[:most]:
            self._line(one_line(line), style=style)
        if len(lines) > most:
            self._line(f"{len(lines) - most} more {what}.", style=style)

    def _print_next_steps(self) -> None:
        for command, purpose in self._next_steps():
            self._line(f"  {command}" + (f"  {purpose}" if purpose else ""))

    def _next_steps(self) -> Iterator[tuple[str, str]]:
        place = shlex.quote(str(self._directory))
        if self._failed and not self._results["target"].get("embedded"):
            yield f"osia-conformance replay {place} {self._failed[0]['id']}", "(again)"
        observed = len(self._results["observations"])
        page = self._directory / HTML
        if page.is_file():
            yield f"report: {page}", f"({observed} observations)" if observed else ""
        else:
            yield f"no {HTML} was written; the journal lies in {self._directory}", ""

    def _print_curl_lines(self) -> None:
        for entry in self._failed[:_SHOWN]:
            check = next((one for one in entry["checks"] if one["outcome"] == "failed" and one["curl"]), None)
            if check is not None:
                self._line("")
                self._line(f"{entry['id']}  {entry['title']} ({entry['clause']})", style="bold red")
                self._plain("".join(f"    {line}\n" for line in visible(check["curl"]).splitlines()))
        if self._failed and not self._results["target"].get("embedded"):
            self._line(
                "curl lines run in the report's directory; OSIA_CONFIG names the configuration for their tokens."
            )

    def _print_table(self) -> None:
        from rich.table import Table  # noqa: PLC0415 - only a terminal needs it

        table = Table(title="Requirements by operation and outcome", title_justify="left", box=None, pad_edge=False)
        table.add_column("operation")
        for name in COLUMNS:
            table.add_column(name, justify="right")
        for operation, counts in by_operation(self._results).items():
            label = "all operations" if operation == "*" else sentence(operation)
            table.add_row(label, *(str(counts[name]) if counts[name] else "\u00b7" for name in COLUMNS))
        self._console.print(table)

    def _plain(self, text: str) -> None:
        self._console.print(text, end="", style="dim", markup=False, highlight=False, soft_wrap=True)

    def _line(self, text: str, style: str | None = None) -> None:
        """Print a line: wrapped at words on a terminal, whole in a log."""
        wrapped = self._console.is_terminal
        self._console.print(sentence(text), style=style, markup=False, highlight=False, soft_wrap=not wrapped)


def fitted(text: str, console: Console) -> str:
    """Return a line that fits a terminal's width, cut between words; in a log it stays whole."""
    if not console.is_terminal or len(text) <= console.width:
        return text
    head = text[: console.width - 1]
    at_word = head.rfind(" ", len(head) - _LONGEST_WORD)
    return (head[:at_word] if at_word > 0 else head).rstrip() + "\u2026"


def _said(entry: Mapping[str, Any]) -> str:
    """Return what a failed requirement expected and got."""
    check = next((one for one in entry["checks"] if one["outcome"] == "failed"), None)
    if check is None or not check["expected"]:
        return str(entry["reason"] or entry["title"])
    return f"expected {check['expected']}; {check['actual']}"
