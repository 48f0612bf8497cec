"""What a person sees while a run goes and when it has ended."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from osia_conformance.run.summary import summary_lines
from osia_conformance.support.text import visible

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress as Bar
    from rich.progress import TaskID

    from osia_conformance.target.session import Run


class Progress(Protocol):
    """Follows a run."""

    def started(self, run: Run, product: str | None) -> None:
        """Hear of the start."""

    def planned(self, checks: int) -> None:
        """Hear how many checks there are."""

    def judged(self, told: dict[str, Any]) -> None:
        """Hear of a judgement: the check with its outcome and reason."""

    def note(self, text: str) -> None:
        """Hear something that the reader must know."""

    def finished(self, results: dict[str, Any], directory: Path) -> None:
        """Hear of the end: results.json's content and where the report lies."""


class Silent:
    """Shows nothing."""

    def started(self, run: Run, product: str | None) -> None:
        """Ignore the start."""

    def planned(self, checks: int) -> None:
        """Ignore the plan."""

    def judged(self, told: dict[str, Any]) -> None:
        """Ignore a judgement."""

    def note(self, text: str) -> None:
        """Ignore a note."""

    def finished(self, results: dict[str, Any], directory: Path) -> None:
        """Ignore the end."""


def on_terminal() -> Terminal:
    """Return the progress on stdout."""
    from rich.console import Console  # noqa: PLC0415 - only a run shows progress

    return Terminal(Console())


class Terminal:
    """Shows a run on a console: a live line on a terminal, plain lines elsewhere."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._bar: Bar | None = None
        self._task: TaskID | None = None
        self._total = 0
        self._done = 0
        self._failed = 0

    def started(self, run: Run, product: str | None) -> None:
        """Say what is judged."""
        subject = "the embedded reference server" if run.embedded else f"{product or 'the target'} at {run.url}"
        self._line(f"OSIA Enrollment {run.version}: judging {subject} (seed {run.seed}, {run.effort} effort)")

    def planned(self, checks: int) -> None:
        """Open the live line; each worker tells the number once more."""
        self._total = checks
        if self._console.is_terminal and self._bar is None:
            self._open()

    def judged(self, told: dict[str, Any]) -> None:
        """Move on by one check; say at once what failed."""
        self._done += 1
        if told["outcome"] == "failed":
            self._failed += 1
            self._line(f"failed  {told['requirement']}  {told['reason']}", style="red")
        if self._bar is not None and self._task is not None:
            words = f"{told['operation']}  {self._failed} failed"
            self._bar.update(self._task, completed=self._done, total=max(self._total, self._done), description=words)
        elif self._done % 100 == 0:
            of = f" of {self._total}" if self._total else ""
            self._line(f"{self._done}{of} checks judged, {self._failed} failed")

    def note(self, text: str) -> None:
        """Say something that the reader must know."""
        self._line(text, style="yellow")

    def finished(self, results: dict[str, Any], directory: Path) -> None:
        """Close the live line; print verdict, operations by outcome, and every failure."""
        if self._bar is not None:
            self._bar.stop()
        for renderable in summary_lines(results, directory):
            self._console.print(renderable, markup=False, highlight=False, soft_wrap=True)

    def _open(self) -> None:
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn  # noqa: PLC0415
        from rich.progress import Progress as Bar  # noqa: PLC0415

        columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn())
        self._bar = Bar(*columns, TimeElapsedColumn(), console=self._console, transient=True)
        self._task = self._bar.add_task("starting", total=self._total)
        self._bar.start()

    def _line(self, text: str, style: str | None = None) -> None:
        # The target may have a say in the text: nothing of it may steer the terminal.
        self._console.print(visible(text), style=style, markup=False, highlight=False, soft_wrap=True)
