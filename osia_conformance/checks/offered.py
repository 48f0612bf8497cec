"""Under which names fixtures are offered: short ones to modules that hold checks, `osia_...` to every test.

Other plugins have fixtures called `session`, `settings` or `target`. A check must get the suite's own, and a test
that is no check must get theirs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

PREFIX = "osia_"
SESSION = "osia_session"
"""The fixture that all others come from."""
OF_CHECKS: dict[str, Any] = {}
"""The fixtures of modules that hold checks, by their short names."""


def for_checks(function: Callable[..., Any]) -> Callable[..., Any]:
    """Offer a function as a fixture of its own name to modules that hold checks, and to no other test."""
    OF_CHECKS[function.__name__] = pytest.fixture(name=function.__name__)(function)
    return function


def for_all_tests(function: Callable[..., Any]) -> Any:
    """Offer a function as `for_checks` does, and as `osia_` and its name to every test."""
    return pytest.fixture(name=f"{PREFIX}{function.__name__}")(for_checks(function))
