"""pytest without the caller's own set-up: the plugins that are left out, the options and variables that are hidden."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

_AUTOLOAD = "PYTEST_DISABLE_PLUGIN_AUTOLOAD"
_SAFE_PATH = "PYTHONSAFEPATH"
"""With it no process that is started takes a file of the working directory for one of its modules."""
_FOREIGN = ("PYTEST_ADDOPTS", "PYTEST_PLUGINS")
QUIET_PLUGINS = (
    "cacheprovider",
    "debugging",
    "doctest",
    "faulthandler",
    "junitxml",
    "logging",
    "threadexception",
    "unraisableexception",
    "unittest",
    "nose",
    "pastebin",
    "setuponly",
    "setupplan",
    "skipping",
    "stepwise",
    "tmpdir",
    "warnings",
)
"""Plugins of pytest that have no part in a run, and cost time at each check, or at the end: `tmpdir` deletes what
other runs of pytest left below /tmp."""


@contextmanager
def own_pytest() -> Iterator[None]:
    """Hide the caller's pytest options and plugins for the time of a run."""
    hidden = {name: os.environ.pop(name) for name in _FOREIGN if name in os.environ}
    before = {name: os.environ.get(name) for name in (_AUTOLOAD, _SAFE_PATH)}
    os.environ.update(dict.fromkeys(before, "1"))
    try:
        yield
    finally:
        os.environ.update(hidden)
        for name, value in before.items():
            del os.environ[name]
            if value is not None:
                os.environ[name] = value
