"""Shards: one run on several machines, each of which judges its share of the checks (docs/several-machines.md)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from osia_conformance.config.values import Place
    from osia_conformance.judge import Check

MOST = 1000
"""Shards of one run at most."""

_FORM = re.compile(r"([1-9][0-9]{0,3})/([1-9][0-9]{0,3})")

Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Shard:
    """The share `index` (from 1) of a run that is divided into `of` shares."""

    index: int
    of: int

    def has(self, requirement: str, check: str) -> bool:
        """Tell whether the check is in this share: by its ids alone, in whatever order checks are found."""
        digest = hashlib.sha256(f"{requirement}\n{check}".encode()).digest()
        return int.from_bytes(digest[:8], "big") % self.of == self.index - 1

    def judges(self, check: Check) -> bool:
        """Tell whether a planned check is in this share."""
        return self.has(check.requirement, check.id)

    def as_record(self) -> dict[str, int]:
        """Return the shard as the journal's header keeps it."""
        return {"index": self.index, "of": self.of}

    def worker(self, name: str) -> str:
        """Return the name of a worker of this shard, which no other shard has: exchanges are numbered by it."""
        return f"s{self.index}-{name}"


def shard_of(text: str | None) -> Shard | None:
    """Return the shard that a setting "I/N" names, None for no setting; ValueError for what is none."""
    if text is None:
        return None
    match = _FORM.fullmatch(text)
    shard = Shard(int(match[1]), int(match[2])) if match else None
    if shard is None or not shard.index <= shard.of <= MOST:
        raise ValueError(f"{text!r} is no shard")
    return shard


def read(value: Any, place: Place) -> str:
    """Read the setting "I/N"; ConfigurationError for what is none."""
    try:
        shard_of(str(value))
    except ValueError:
        raise place.error(f'must be I/N, such as "2/3", with I from 1 to N and N at most {MOST}.') from None
    return str(value)


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
