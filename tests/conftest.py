"""What holds for all tests."""

from __future__ import annotations

from pathlib import Path

import hypothesis
import pytest
from hypothesis import HealthCheck


def pytest_configure() -> None:
    """Draw the same examples every time, and however long a busy machine needs for them."""
    hypothesis.settings.register_profile(
        "tests", derandomize=True, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
    )
    hypothesis.settings.load_profile("tests")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Give each file to one process of pytest-xdist, for what its tests share is made once then.

    Experiments, which lie beside this file and share little, are handed out one by one, after all files.
    """
    if not config.pluginmanager.has_plugin("xdist"):
        return
    for item in items:
        if item.path.parent != Path(__file__).parent:
            item.add_marker(pytest.mark.xdist_group(str(item.path)))
