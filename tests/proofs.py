"""Which violating server is judged on which version, and with how much of the suite.

With `OSIA_VIOLATIONS=all` (`python -m tests.matrix --all`) each one meets the whole suite on every version that it
applies to. Otherwise each is judged on the oldest and on the newest one. As many as it takes to break every requirement
meet the whole suite on the newest, so that whatever else reports them is seen; all others meet the checks of what they
break, and of what these need.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass

from tests.variant import Violation, ids

EVERY = os.environ.get("OSIA_VIOLATIONS") == "all"


@dataclass(frozen=True)
class Proof:
    """One violation on one version; `whole` if all of the suite judges it."""

    violation: Violation
    version: str
    whole: bool

    @property
    def label(self) -> str:
        """The name of the experiment."""
        return f"{self.violation.name}-{self.version}"


def planned(violations: Sequence[Violation], *, every: bool) -> list[Proof]:
    """Return the proofs of a run of the tests."""
    if every:
        return [Proof(one, version, whole=True) for one in violations for version in one.applies()]
    covering = {one.name for one in cover(violations)}
    return [
        Proof(one, version, whole=version == one.ends()[-1] and one.name in covering)
        for one in violations
        for version in one.ends()
    ]


def cover(violations: Sequence[Violation]) -> list[Violation]:
    """Return violations that together break every requirement on their newest versions, each the one that adds most."""
    broken = {one.name: ids(one.ends()[-1], *one.expected) for one in violations}
    left = frozenset().union(*broken.values())
    chosen = []
    while left:
        best = max(violations, key=lambda one: (len(broken[one.name] & left), -len(broken[one.name])))
        chosen.append(best)
        left -= broken[best.name]
    return chosen
