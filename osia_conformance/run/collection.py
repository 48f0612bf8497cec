"""From a test to the check that it is: which requirement it judges, and on which operation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from packaging.specifiers import SpecifierSet

from osia_conformance.checks.marks import EXAMPLES, LAST, LONG, MARK, MIN_EFFORT, OPT_IN, VERSIONS, RequirementName
from osia_conformance.config.settings import Settings
from osia_conformance.run.execution import Check
from osia_conformance.standard.operations import by_code


def parameters_of(item: pytest.Item) -> Mapping[str, Any]:
    """Return the values of a test's parameters by their names; none for a test without any."""
    return item.callspec.params if hasattr(item, "callspec") else {}


def is_check(item: pytest.Item) -> bool:
    """Return whether `osia_conformance.checks.requirement` marked a test; a mark of that name may be another's."""
    return _marked_with(item) is not None


def requirement_of(item: pytest.Item) -> str:
    """Return the requirement that a check is marked with, its parameters filled in."""
    name = _marked_with(item)
    assert name is not None
    parameters = parameters_of(item)
    # The text alone: `format` may return the mark's own, and who gets that from another process would load pytest.
    text = str(name)
    return text.format(**parameters) if parameters else text


def _marked_with(item: pytest.Item) -> str | None:
    names = (mark.args[0] for mark in item.iter_markers(MARK) if mark.args)
    return next((name for name in names if isinstance(name, RequirementName)), None)


def is_of(item: pytest.Item, version: str) -> bool:
    """Return whether a test is made for interface `version`, by its `versions` marks."""
    return all(version in SpecifierSet(mark.args[0]) for mark in item.iter_markers(VERSIONS))


def rank(item: pytest.Item) -> int:
    """Return how long a check is beside others, by its `long` mark; 0 for most."""
    mark = item.get_closest_marker(LONG)
    # A test that is no check may have a mark of that name of its own.
    return next((each for each in mark.args if isinstance(each, int)), 0) if mark else 0


def last_ones_last(items: Sequence[pytest.Item]) -> list[pytest.Item]:
    """Return the tests in their order, those with the `last` mark after all others."""
    return sorted(items, key=lambda item: item.get_closest_marker(LAST) is not None)


def side_by_side(items: Sequence[pytest.Item]) -> list[pytest.Item]:
    """Return the tests as workers take them best: long ones first, each with a short one after it.

    Every worker begins with two tests in a row, and then gets the next one.
    """
    ordered = sorted(items, key=rank, reverse=True)
    long = [item for item in ordered if rank(item)]
    short = iter(ordered[len(long) :])
    woven = [one for item in long for one in (item, next(short, None)) if one is not None]
    return [*woven, *short]


def asked_for(item: pytest.Item, settings: Settings) -> bool:
    """Return whether a test is part of a run with these settings, by its `opt_in` and `min_effort` marks."""
    efforts = list(EXAMPLES)
    enough = (efforts.index(mark.args[0]) <= efforts.index(settings.effort) for mark in item.iter_markers(MIN_EFFORT))
    return all(enough) and all(getattr(settings, mark.args[0]) is not None for mark in item.iter_markers(OPT_IN))


def check_id(item: pytest.Item) -> str:
    """Return the id of the check that a test is: its file's subject and its own name."""
    subject = Path(item.path).stem.removeprefix("test_")
    return f"{subject}/{item.name.removeprefix('test_')}"


def planned(item: pytest.Item, operations: tuple[str, ...], version: str) -> Check:
    """Return a test as a check of its requirement, which concerns these operations of the version."""
    code = parameters_of(item).get("operation")
    operation = by_code(version)[code].id if isinstance(code, str) and code in by_code() else operations[0]
    return Check(check_id(item), requirement_of(item), operation)
