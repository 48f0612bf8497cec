"""Every violating server is caught, for the rule that it breaks and for nothing else."""

import importlib
import os
import pkgutil

import pytest

from osia_conformance.register import load_register
from tests import violations
from tests.variant import Violation, ids

ALL: list[Violation] = [
    violation
    for module in pkgutil.iter_modules(violations.__path__)
    for violation in importlib.import_module(f"tests.violations.{module.name}").VIOLATIONS
]


EVERY = os.environ.get("OSIA_VIOLATIONS") == "all"
"""All of them are for `python -m tests.matrix --all`; otherwise as many as it takes to try every requirement."""


def cover(violations: list[Violation]) -> list[Violation]:
    """Return violations that together break every requirement, each the one that adds most."""
    broken = {violation.name: ids(*violation.expected) for violation in violations}
    left = frozenset().union(*broken.values())
    chosen = []
    while left:
        best = max(violations, key=lambda violation: (len(broken[violation.name] & left), -len(broken[violation.name])))
        chosen.append(best)
        left -= broken[best.name]
    return chosen


@pytest.mark.parametrize("violation", ALL if EVERY else cover(ALL), ids=lambda violation: violation.name)
def test_the_violation_is_caught_for_its_reason(violation):
    violation.prove()


def test_names_are_unique():
    assert len({violation.name for violation in ALL}) == len(ALL)


def test_every_active_requirement_has_a_violation():
    active = {entry.id for entry in load_register("1.0.0").active()}
    assert active == frozenset().union(*(ids(*violation.expected) for violation in ALL))
