"""The shard of a run: the share I/N of its checks that one machine judges (docs/several-machines.md)."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Any

from osia_conformance.config.places import Place

MOST = 1000
"""Shards of one run at most."""


_FORM = re.compile(r"([1-9][0-9]{0,3})/([1-9][0-9]{0,3})")


@dataclass(frozen=True, slots=True)
class Shard:
    """The share `index` (from 1) of a run that is divided into `of` shares."""

    index: int
    of: int

    def has(self, requirement: str, check: str) -> bool:
        """Tell whether the check is in this share: by its ids alone, in whatever order checks are found."""
        digest = hashlib.sha256(f"{requirement}\n{check}".encode()).digest()
        return int.from_bytes(digest[:8], "big") % self.of == self.index - 1

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
