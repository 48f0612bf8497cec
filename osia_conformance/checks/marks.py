"""Marks of a check: the requirement it judges, the versions, efforts and settings it is for."""

from __future__ import annotations

from collections.abc import Callable

import pytest

MARK = "requirement"


class RequirementName(str):
    """What `requirement` marks a check with: by it a check is told from a test with a mark of that name of its own."""

    __slots__ = ()


VERSIONS = "versions"


OPT_IN = "opt_in"


MIN_EFFORT = "min_effort"


LONG = "long"


LAST = "last"


EXAMPLES = {"quick": 3, "standard": 15, "thorough": 100}
"""How many examples a generated check tries, by effort; a check can ask for a multiple."""


STEPS = {"quick": 8, "standard": 15, "thorough": 32}
"""How many operations a random sequence has at most, by effort."""


def requirement(name: str) -> pytest.MarkDecorator:
    """Tie a check to the requirement `name`; "{operation}" and "{fact}" are filled from its parameters."""
    return pytest.mark.requirement(RequirementName(name))


def versions(specifier: str) -> pytest.MarkDecorator:
    """Say for which interface versions a check is made (PEP 440), where its requirement holds for more."""
    return pytest.mark.versions(specifier)


def long(rank: int) -> pytest.MarkDecorator:
    """Mark a check that sends many more calls than others: workers side by side begin with the highest rank."""
    return pytest.mark.long(rank)


def last(check: Callable[..., None]) -> Callable[..., None]:
    """Mark a check that judges what the others have seen: it comes after all of them."""
    marked: Callable[..., None] = pytest.mark.last(check)
    return marked


def opt_in(setting: str) -> pytest.MarkDecorator:
    """Leave a check out of a run, as if it were not there, unless the run's `setting` is given."""
    return pytest.mark.opt_in(setting)


def min_effort(least: str) -> pytest.MarkDecorator:
    """Leave a check out of runs of less effort, as if it were not there: it sends too much for a first look.

    Its requirement needs another check, which runs at every effort.
    """
    return pytest.mark.min_effort(least)
