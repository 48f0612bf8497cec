"""The time as reports write it."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> str:
    """Return the time as UTC in ISO 8601 with milliseconds and Z."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
