"""Parts of enrollments as servers of the tests look at them."""

from __future__ import annotations

from typing import Any


def biographics(record: object) -> dict[str, Any]:
    """Return the biographic data that can be read; none where it is missing, or an encrypted text (from 1.3.0 on)."""
    block = record.get("biographicData") if isinstance(record, dict) else None
    return block if isinstance(block, dict) else {}
