"""The interface versions that tests are tried with, so that a new one needs no edit of them."""

from __future__ import annotations

import tomllib
from pathlib import Path

from packaging.version import Version

_TABLE = Path(__file__).parents[2] / "specs" / "enrollment" / "versions.toml"

JUDGED: tuple[str, ...] = tuple(tomllib.loads(_TABLE.read_text("utf-8"))["judged"])
"""Oldest first."""

NEWEST = JUDGED[-1]


def since(oldest: str) -> tuple[str, ...]:
    """Return the judged versions from `oldest` on, oldest first."""
    return tuple(version for version in JUDGED if Version(version) >= Version(oldest))
