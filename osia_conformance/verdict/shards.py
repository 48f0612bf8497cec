"""Shards: one run on several machines, each of which judges its share of the checks (docs/several-machines.md)."""

from __future__ import annotations

from typing import Any

from osia_conformance.config.shard import Shard
from osia_conformance.support.json_types import Record


def origin(header: Record, worker: str) -> Record:
    """Return the part of a header that says what `worker` judged in: a merged run's shard, or the run itself.

    Both have `runId` and `target`.
    """
    found = (shard for shard in header.get("shards", ()) if worker.startswith(f"s{shard['index']}-"))
    return next(found, header)


def state(header: Record) -> dict[str, Any] | None:
    """Return how many shards a run has (`of`) and which `header` speaks of (`present`); None if it is not divided."""
    if "shard" in header:
        return {"of": header["shard"]["of"], "present": [header["shard"]["index"]]}
    if "shards" in header:
        return {"of": header["shards"][0]["of"], "present": [shard["index"] for shard in header["shards"]]}
    return None


def absent(parts: Record | None) -> list[int]:
    """Return the shards that `state` does not find."""
    return sorted(set(range(1, parts["of"] + 1)) - set(parts["present"])) if parts else []


def reason(parts: Record | None) -> str | None:
    """Return the sentence that says which part of the run is missing, None if none is."""
    missing = absent(parts)
    if not parts or not missing:
        return None
    if len(parts["present"]) == 1:
        return f"only shard {parts['present'][0]} of {parts['of']} was run"
    listed = ", ".join(map(str, missing))
    return f"of {parts['of']} shards, these are missing: {listed}"


def elsewhere(parts: Record | None, check: Record) -> bool:
    """Tell whether a planned check belongs to a shard that is not here."""
    return any(Shard(index, parts["of"]).has(check["requirement"], check["id"]) for index in absent(parts) if parts)
