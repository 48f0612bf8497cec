"""Whether plugins of others take part in running a test: a `conftest.py`, pytest-rerunfailures, pytest-timeout."""

from __future__ import annotations

import inspect
from collections.abc import Collection, Iterable, Iterator

import pluggy
import pytest

_HOOKS = (
    "pytest_runtest_protocol",
    "pytest_runtest_setup",
    "pytest_runtest_call",
    "pytest_runtest_teardown",
    "pytest_pyfunc_call",
)
_FOLLOWING = ("pytest_runtest_logstart", "pytest_runtest_logreport", "pytest_runtest_logfinish")
_KNOWN = frozenset(
    {"_pytest", "pluggy", "xdist", "osia_conformance", "_hypothesis_pytestplugin", "schemathesis", "anyio"}
)
"""Packages whose hooks do nothing for a check: pytest itself, and what is installed with this package."""
_OPTIONS = ("setuponly", "setupplan", "setupshow", "usepdb", "trace")
"""pytest's options that ask for each test to be run by pytest itself."""


def must_run_by_pytest(config: pytest.Config, items: Iterable[pytest.Item]) -> bool:
    """Return whether an option, or a plugin's hook that is called for one of the tests, needs pytest to run them."""
    if any(getattr(config.option, name, False) for name in _OPTIONS):
        return True
    # The hooks of each `conftest.py` are called for what lies below it.
    return any(_has_other_hooks(item) for item in {item.path: item for item in items}.values())


def has_hooks_besides(own: Collection[object], items: Iterable[pytest.Item]) -> bool:
    """Return whether a plugin of this package that is none of `own` has a hook that is called for one of the tests."""
    plugins = (one.plugin for item in {item.path: item for item in items}.values() for one in _hooks_of(item))
    return any(plugin not in own and _package(plugin) == "osia_conformance" for plugin in plugins)


def are_reports_read(config: pytest.Config) -> bool:
    """Return whether a plugin of others follows what pytest reports of each test, or pytest counts failures (-x)."""
    if config.option.maxfail:
        return True
    hooks = (one for name in _FOLLOWING for one in getattr(config.hook, name).get_hookimpls())
    return any(_package(one.plugin) not in _KNOWN for one in hooks)


def _has_other_hooks(item: pytest.Item) -> bool:
    return any(_package(one.plugin) not in _KNOWN for one in _hooks_of(item))


def _hooks_of(item: pytest.Item) -> Iterator[pluggy.HookImpl]:
    for name in _HOOKS:
        yield from getattr(item.ihook, name).get_hookimpls()


def _package(plugin: object) -> str:
    module = plugin.__name__ if inspect.ismodule(plugin) else type(plugin).__module__
    return module.partition(".")[0]
