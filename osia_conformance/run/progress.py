"""Who follows a run while it goes: a terminal, or nobody."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from osia_conformance.target.session import Run


class Progress(Protocol):
    """Follows a run."""

    def started(self, run: Run, product: str | None) -> None:
        """Take note of the start."""

    def planned(self, checks: int, cases: Mapping[str, int] | None = None) -> None:
        """Take note of how many checks there are, and of each requirement's number where it is known."""

    def judged(self, judged: dict[str, Any]) -> None:
        """Take note of a check's result: id, requirement, operation, outcome, reason, fault."""

    def note(self, text: str) -> None:
        """Take note of something that the reader must know."""

    def finished(self, results: dict[str, Any], directory: Path) -> None:
        """Take note of the end: results.json's content and where the report lies."""


class Silent:
    """Shows nothing."""

    def started(self, run: Run, product: str | None) -> None:
        """Ignore the start."""

    def planned(self, checks: int, cases: Mapping[str, int] | None = None) -> None:
        """Ignore the plan."""

    def judged(self, judged: dict[str, Any]) -> None:
        """Ignore a result."""

    def note(self, text: str) -> None:
        """Ignore a note."""

    def finished(self, results: dict[str, Any], directory: Path) -> None:
        """Ignore the end."""
