"""What holds for all tests."""

from __future__ import annotations

import hypothesis
from hypothesis import HealthCheck


def pytest_configure() -> None:
    """Draw the same examples every time, and however long a busy machine needs for them."""
    hypothesis.settings.register_profile(
        "tests", derandomize=True, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
    )
    hypothesis.settings.load_profile("tests")
