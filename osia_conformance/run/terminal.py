"""A run on a terminal: one live line while it goes, a line for each requirement that failed, one screen at the end."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from osia_conformance.run import ci_annotations
from osia_conformance.run.summary import Summary, fitted
from osia_conformance.standard import interface
from osia_conformance.standard.register import Register, load_register
from osia_conformance.support.text import one_line, sentence

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress as Bar
    from rich.progress import TaskID

    from osia_conformance.config.settings import Color
    from osia_conformance.target.session import Run

Verbosity = Literal["quiet", "normal", "verbose"]

NARROWEST = 40
"""Columns that a line has at least, whatever COLUMNS says: 0 and 8 are set by programs that know no width."""

_EVERY = 100


def on_terminal(verbosity: Verbosity = "normal", color: Color = "auto") -> Terminal:
    """Return the progress on stdout. `color` "auto" follows the terminal and NO_COLOR."""
    from rich.console import Console  # noqa: PLC0415 - only a run shows progress

    forced = {"auto": None, "always": True, "never": False}[color]
    console = Console(
        force_terminal=True if forced else None,
        no_color=True if forced is False else None,
        width=_width(os.environ.get("COLUMNS", "")),
    )
    return Terminal(console, verbosity)


def _width(columns: str) -> int | None:
    """Return the width that COLUMNS states, at least NARROWEST; None leaves it to the terminal."""
    return max(NARROWEST, int(columns)) if columns.isdecimal() else None


class Terminal:
    """Shows a run on a console."""

    def __init__(self, console: Console, verbosity: Verbosity = "normal") -> None:
        self._console = console
        self._verbosity = verbosity
        self._bar: Bar | None = None
        self._task: TaskID | None = None
        self._total = 0
        self._judged = 0
        self._cases: Mapping[str, int] = {}
        self._ended: Counter[str] = Counter()
        self._told: set[str] = set()
        self._failures: dict[str, list[str]] = {}
        self._register: Register | None = None

    def started(self, run: Run, product: str | None) -> None:
        """Say what is judged."""
        self._register = load_register(run.version)
        subject = f"{product or 'the target'} at {run.url}"
        self._line(f"{interface.TITLE} {run.version}: judging {subject} (seed {run.seed}, {run.effort} effort)")

    def planned(self, checks: int, cases: Mapping[str, int] | None = None) -> None:
        """Open the live line; each worker tells the number once more."""
        self._total = checks
        self._cases = cases or self._cases
        if self._console.is_terminal and self._bar is None and self._verbosity != "quiet":
            self._open()

    def judged(self, judged: dict[str, Any]) -> None:
        """Move on by one check; say which requirement failed once all its cases are judged."""
        self._judged += 1
        name = judged["requirement"]
        self._ended[name] += 1
        if judged["outcome"] == "failed":
            self._failures.setdefault(name, []).append(judged["reason"] or "")
        if name in self._failures and self._is_complete(name) and not self._hangs_on_another(name):
            self._line(fitted(self._failure(name), self._console), style="red")
        if self._bar is not None and self._task is not None:
            total = max(self._total, self._judged)
            self._bar.update(self._task, completed=self._judged, total=total, description=self._counts())
        elif self._judged % _EVERY == 0:
            of = f" of {self._total}" if self._total else ""
            self._line(f"{self._judged}{of} checks judged, {self._counts()}")

    def note(self, text: str) -> None:
        """Say something that the reader must know."""
        self._told.add(text)
        self._line(text, style="yellow")

    def finished(self, results: dict[str, Any], directory: Path) -> None:
        """Close the live line and print the end of the run."""
        if self._bar is not None:
            self._bar.stop()
        summary = Summary(results, directory, self._console, self._told)
        if self._verbosity == "quiet":
            summary.print_verdict_line()
            return
        summary.print(verbose=self._verbosity == "verbose")
        ci_annotations.write(results, self._console.file)

    def _is_complete(self, name: str) -> bool:
        """Return whether every case of a requirement is judged; without a plan, its first failure says enough."""
        cases = self._cases.get(name)
        return len(self._failures[name]) == 1 if cases is None else self._ended[name] == cases

    def _hangs_on_another(self, name: str) -> bool:
        """Return whether a requirement that this one needs failed before: its failure may be the same fault."""
        entry = self._register.requirements.get(name) if self._register else None
        return entry is not None and any(need in self._failures for need in entry.needs)

    def _failure(self, name: str) -> str:
        failures, cases = self._failures[name], self._cases.get(name)
        of = "" if cases in (None, 1) else f", {len(failures)} of {cases} cases"
        return f"{name} failed{of}: {one_line(failures[0])}"

    def _counts(self) -> str:
        failed = sum(not self._hangs_on_another(name) for name in self._failures)
        return f"{failed} requirement{'' if failed == 1 else 's'} failed"

    def _open(self) -> None:
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn  # noqa: PLC0415
        from rich.progress import Progress as Bar  # noqa: PLC0415

        columns = (TextColumn("{task.description}", markup=False), BarColumn(bar_width=20), MofNCompleteColumn())
        self._bar = Bar(*columns, TimeElapsedColumn(), console=self._console, transient=True)
        self._task = self._bar.add_task("starting", total=self._total)
        self._bar.start()

    def _line(self, text: str, style: str | None = None) -> None:
        if self._verbosity == "quiet":
            return
        # The target may have a say in the text: nothing of it may steer the terminal. A log keeps lines whole.
        wrapped = self._console.is_terminal
        self._console.print(sentence(text), style=style, markup=False, highlight=False, soft_wrap=not wrapped)
