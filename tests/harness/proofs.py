"""Which server is judged on which version, and with how much of the suite.

With `OSIA_VIOLATIONS=all` (`python -m tests.matrix --all`) each one meets the whole suite on every version that it
applies to. Otherwise each violation is judged on the oldest and on the newest one, by the checks of what it breaks and
of what these need. As many as it takes to break a rule in each file of the suite meet all of the suite on the newest
but what may report any violation (EVERYWHERE), so that whatever else reports them is seen. Each freedom meets the whole
suite on its newest version, and every twelfth one on another, in groups (`freedom_groups`).
"""

from __future__ import annotations

import importlib
import os
import pkgutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from osia_conformance.run.check_places import check_places
from tests.harness.variant import Freedom, Judge, Violation, ids

EVERY = os.environ.get("OSIA_VIOLATIONS") == "all"


def listed(package: ModuleType, name: str) -> list[Any]:
    """Return what the modules of a package list under `name` (VIOLATIONS, FREEDOMS), in the order of their names."""
    names = (f"{package.__name__}.{module.name}" for module in pkgutil.iter_modules(package.__path__))
    return [variant for each in names for variant in getattr(importlib.import_module(each), name)]


@dataclass(frozen=True)
class Proof:
    """One violation on one version; `whole` if all of the suite judges it that can report it wrongly."""

    violation: Violation
    version: str
    whole: bool

    @property
    def label(self) -> str:
        """The name of the experiment."""
        return f"{self.violation.name}-{self.version}"

    def prove(self, judge: Judge | None = None) -> None:
        """Judge the violating server with what this experiment calls for, and assert what must come of it."""
        selection = self.violation.all_that_tells if self.whole else self.violation.selection
        self.violation.prove(self.version, *(() if EVERY else selection(self.version)), judge=judge)


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


def spared(freedoms: Sequence[Freedom], *, every: bool) -> list[tuple[Freedom, str]]:
    """Return each freedom with the versions on which it meets the whole suite."""
    if every:
        return [(one, version) for one in freedoms for version in one.applies()]
    newest = [(one, one.applies()[-1]) for one in freedoms]
    older = ((number, one, one.applies()[:-1]) for number, one in enumerate(freedoms[::12]))
    return [*newest, *((one, versions[number % len(versions)]) for number, one, versions in older if versions)]


def files_of(requirements: Iterable[str]) -> frozenset[str]:
    """Return the names of the suite's files whose checks judge these requirements."""
    return frozenset(place.file.name for name in requirements for place in check_places().get(name, ()))


def cover(violations: Sequence[Violation]) -> list[Violation]:
    """Return violations that together break a rule in each file of the suite on their newest versions, each the one
    that adds most and breaks the least."""
    broken = {one.name: files_of(ids(one.ends()[-1], *one.expected)) for one in violations}
    left = frozenset().union(*broken.values())
    chosen = []
    while left:
        best = max(violations, key=lambda one: (len(broken[one.name] & left), -len(broken[one.name])))
        chosen.append(best)
        left -= broken[best.name]
    return chosen
