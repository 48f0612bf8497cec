"""A plugin of pytest: Ctrl-C while pytest-xdist is about to start processes."""

from __future__ import annotations

import pytest


def pytest_xdist_setupnodes(config: pytest.Config) -> None:
    raise KeyboardInterrupt
