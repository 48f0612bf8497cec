"""What every output says of a run that judged the suite's own reference server."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

NOTE = "a demonstration: the reference server that comes with the suite was judged, and no product"


def is_demonstration(results: Mapping[str, Any]) -> bool:
    """Tell whether `results`, as in results.schema.json, are of a demonstration; older ones do not say so."""
    return bool(results.get("demonstration") or results["target"].get("embedded"))


def notes(results: Mapping[str, Any]) -> list[str]:
    """Return what the reader must know first, as one sentence; none of a run on a target."""
    return [f"This is {NOTE}."] if is_demonstration(results) else []
