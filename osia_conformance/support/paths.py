"""Where the suites and the specs lie: inside the installed package, or beside it in a checkout."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]


def bundled(name: str) -> Path:
    """Return the directory `name` ("suites" or "specs") of the installed package or of the checkout."""
    installed = PACKAGE / name
    return installed if installed.is_dir() else PACKAGE.parent / name
