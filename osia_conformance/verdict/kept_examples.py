"""Failing examples as a journal keeps them, so that a run of what failed begins with them.

An example is kept as its number among those that the run's seed draws, or, made smaller, as the choices by which
Hypothesis draws it. Neither is a value: whatever a report from elsewhere holds, no more can come of it than the check's
own strategies draw.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from osia_conformance.verdict.checked_journal import read_kind

KIND = "example"
MOST_BYTES = 1 << 15
"""Choices beyond this are not kept: the journal's schema admits no more of them."""


@dataclass(frozen=True, slots=True)
class KeptExample:
    """A failing example of the data that `source` names: its `number`, or its `choices` as Hypothesis writes them."""

    source: str
    number: int | None = None
    choices: bytes | None = None

    def as_members(self) -> dict[str, Any]:
        """Return the example as the journal's line has it."""
        kept = {"number": self.number} if self.choices is None else {"choices": base64.b64encode(self.choices).decode()}
        return {"source": self.source, **kept}

    @classmethod
    def of_line(cls, line: Mapping[str, Any]) -> KeptExample:
        """Return the example of a line that fits the journal's schema."""
        choices = base64.b64decode(line["choices"]) if "choices" in line else None
        return cls(line["source"], line.get("number"), choices)


def kept_examples(directory: Path) -> dict[str, KeptExample]:
    """Return the examples in the journal of a report directory, by check; of several of a check the last.

    Raises JournalError for a line that does not fit the journal's schema, OSError if there is no journal.
    """
    return {line["check"]: KeptExample.of_line(line) for line in read_kind(directory, KIND)}
