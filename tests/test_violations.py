"""Every violating server is caught, for the rule that it breaks and for nothing else."""

import importlib
import pkgutil

import pytest

from tests import violations
from tests.variant import Violation

ALL: list[Violation] = [
    violation
    for module in pkgutil.iter_modules(violations.__path__)
    for violation in importlib.import_module(f"tests.violations.{module.name}").VIOLATIONS
]


@pytest.mark.parametrize("violation", ALL, ids=lambda violation: violation.name)
def test_the_violation_is_caught_for_its_reason(violation):
    violation.prove()


def test_names_are_unique():
    assert len({violation.name for violation in ALL}) == len(ALL)
