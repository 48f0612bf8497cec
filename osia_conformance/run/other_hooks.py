"""Whether plugins of others take part in running a test: a `conftest.py`, pytest-rerunfailures, pytest-timeout."""

from __future__ import annotations

import inspect
from collections.abc import Iterable

import pytest

_HOOKS = (
    "pytest_runtest_protocol",
    "pytest_runtest_setup",
    "pytest_runtest_call",
    "pytest_runtest_teardown",
    "pytest_pyfunc_call",
)
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


def _has_other_hooks(item: pytest.Item) -> bool:
    return any(_is_other(one.plugin) for name in _HOOKS for one in getattr(item.ihook, name).get_hookimpls())


def _is_other(plugin: object) -> bool:
    module = plugin.__name__ if inspect.ismodule(plugin) else type(plugin).__module__
    return module.partition(".")[0] not in _KNOWN
