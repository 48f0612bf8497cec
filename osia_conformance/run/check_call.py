"""A check's function with its fixtures, ready to be called in any thread: pytest keeps fixtures for one at a time."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from osia_conformance.checks.marks import LAST, LONG, MARK, MIN_EFFORT, OPT_IN, VERSIONS
from osia_conformance.checks.offered import SESSION
from osia_conformance.run.collection import parameters_of
from osia_conformance.support.paths import PACKAGE, bundled
from osia_conformance.target.session import Session

_OF_PARAMETERS = "_pytest.python"
_HARMLESS = frozenset({MARK, VERSIONS, LONG, MIN_EFFORT, OPT_IN, "parametrize"})
"""Marks that say which check a test is. Any other may be for a plugin that must see the test run."""

Fixtures = dict[str, Any]


class CheckCall:
    """Calls a check with the fixtures of a session, in whatever thread that is."""

    def __init__(self, item: pytest.Function, fixtures: Any) -> None:
        self._item = item
        self._argument_names = fixtures.argnames
        self._definitions = fixtures.name2fixturedefs
        self._parameters = parameters_of(item)

    def bound(self, session: Session) -> Callable[[], None]:
        """Return the check as a call without arguments, its fixtures made for `session`; raises what they raise."""
        made: Fixtures = {SESSION: session, **self._parameters}
        arguments = {name: self._fixture(name, made) for name in self._argument_names}
        function = self._item.obj
        return lambda: function(**arguments)

    def _fixture(self, name: str, made: Fixtures) -> Any:
        if name not in made:
            definition = self._definitions[name][-1]
            made[name] = definition.func(**{each: self._fixture(each, made) for each in definition.argnames})
        return made[name]


def call_of(item: pytest.Item) -> CheckCall | None:
    """Return the call of a check that asks for nothing but what this suite gives; None for any other test.

    What others add may keep state that several threads must not touch: their fixtures, marks, classes.
    """
    if not isinstance(item, pytest.Function) or item.cls is not None or item.get_closest_marker(LAST) is not None:
        return None
    if not {mark.name for mark in item.iter_markers()} <= _HARMLESS:
        return None
    fixtures = fixtures_of(item)
    if fixtures is not None and all(_is_given(item, fixtures, name) for name in fixtures.initialnames):
        return CheckCall(item, fixtures)
    return None


def fixtures_of(item: pytest.Item) -> Any | None:
    """Return what pytest knows of the fixtures that a test asks for; None for other tests.

    It has no public name. A pytest without it sets up each test itself, as it does for those that are none of ours.
    """
    return getattr(item, "_fixtureinfo", None)


def _is_given(item: pytest.Function, fixtures: Any, name: str) -> bool:
    """Return whether a fixture is a parameter, the session, or made by a plain function of this suite."""
    definitions = fixtures.name2fixturedefs.get(name, ())
    if name in parameters_of(item):
        # pytest makes a fixture of its own of a parameter, unless it is meant for a fixture that is defined.
        return all(one.func.__module__ == _OF_PARAMETERS for one in definitions)
    if not definitions:
        return False
    # Where a plugin has a fixture of this name, too, the one that is nearest to the check is the last.
    one = definitions[-1]
    if name in one.argnames:
        # It stands in for another one of its name, which pytest gives it.
        return False
    if name == SESSION:
        return _is_ours(one.func)
    is_plain = one.scope == "function" and one.params is None and not inspect.isgeneratorfunction(one.func)
    return is_plain and _is_ours(one.func) and all(_is_given(item, fixtures, needed) for needed in one.argnames)


def _is_ours(function: Callable[..., Any]) -> bool:
    code = getattr(function, "__code__", None)
    return inspect.iscode(code) and _is_own_file(code.co_filename)


@cache
def _is_own_file(file: str) -> bool:
    return any(Path(file).is_relative_to(place) for place in (PACKAGE, bundled("suites")))
