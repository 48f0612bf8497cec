"""A plugin that gives modules which hold checks the short names of fixtures, and no other module any.

A fixture of a module wins over one of a plugin or a `conftest.py`. A `conftest.py` of the suites could not give them:
pytest takes one outside of its root directory, as an installed one is, for every test's.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from functools import partial
from types import FunctionType
from typing import NoReturn

import pytest

from osia_conformance.checks.marks import MARK, RequirementName
from osia_conformance.checks.offered import OF_CHECKS


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Put the fixtures into a module before pytest looks for them there."""
    # Doctests are collected from modules, too, some of which are no tests.
    if isinstance(collector, pytest.Module) and type(collector).collect is pytest.Module.collect:
        _give_to(collector)
    return (yield)


def _give_to(collector: pytest.Module) -> None:
    try:
        module = collector.obj
    except (Exception, pytest.skip.Exception, pytest.fail.Exception) as error:
        # A second import would find in `sys.modules` what is left of the first, and no error: pytest gets this one.
        collector.collect = partial(_raise, error)  # type: ignore[method-assign]
        return
    if any(map(_is_of_check, _functions_and_classes(module))):
        for name, fixture in OF_CHECKS.items():
            # A fixture that the module has under this name is meant.
            vars(module).setdefault(name, fixture)


def _raise(error: BaseException) -> NoReturn:
    raise error


def _functions_and_classes(module: object) -> Iterator[object]:
    # By type alone: objects that stand in for others may raise where they are asked for an attribute.
    for one in list(vars(module).values()):
        if issubclass(type(one), FunctionType):
            yield one
        elif issubclass(type(one), type):
            yield one
            yield from (each for each in vars(one).values() if isinstance(each, FunctionType))


def _is_of_check(one: object) -> bool:
    return any(
        isinstance(mark, pytest.Mark) and mark.name == MARK and isinstance(next(iter(mark.args), None), RequirementName)
        for mark in _marks(one)
    )


def _marks(one: object) -> Iterator[object]:
    # Of what it holds itself alone: the classes of some libraries warn where they are asked for an attribute.
    for part in type.mro(one) if isinstance(one, type) else [one]:
        marks = vars(part).get("pytestmark")
        yield from marks if isinstance(marks, list) else ()
