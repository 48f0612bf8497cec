"""Outcomes of a requirement, worst first (EARL 1.0, 2.7), and verdicts of a run."""

from __future__ import annotations

from collections.abc import Iterable

OUTCOMES = ("failed", "cantTell", "untested", "passed", "inapplicable")


CONFORMANT, NONCONFORMANT, INCOMPLETE = "conformant", "nonconformant", "incomplete"


def worst(outcomes: Iterable[str]) -> str:
    """Return the worst of the outcomes in EARL's terms; none at all is untested."""
    return min(outcomes, key=OUTCOMES.index, default="untested")
