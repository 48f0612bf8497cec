"""A plugin of pytest: Ctrl-C while workers are about to start."""

from __future__ import annotations

import pytest


def pytest_xdist_setupnodes(config: pytest.Config) -> None:
    # pytest-xdist would have directories below /tmp made with it, and pytest delete old ones, however long that takes.
    assert not hasattr(config, "_tmp_path_factory")
    raise KeyboardInterrupt
