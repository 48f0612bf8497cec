"""The exchanges of a journal, as those read them who judge by what a run has seen so far."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from osia_conformance.support.json_types import Record
from osia_conformance.verdict import journal

_THREADS_ENDED = "workers"
"""The kind of the line that is written when threads have ended, before the checks that come after them, and perhaps
when the first calls have been made."""


@dataclass(frozen=True, slots=True)
class RecordedExchanges:
    """`lines` returns exchange lines in the order of their journal; their long bodies lie under `directory`."""

    directory: Path
    lines: Callable[[], Iterable[dict[str, Any]]]


def exchanges_so_far(directory: Path) -> RecordedExchanges:
    """Return the exchanges that stand in the journal of `directory` by the time at which they are read."""
    return RecordedExchanges(directory, lambda: journal.each(directory, "exchange"))


def worker_of(line: Record) -> str:
    """Return which worker sent an exchange or judged a check; "" for other lines that name none."""
    if line["kind"] == "exchange":
        return str(line["id"]).rpartition(".")[0]
    return str(line.get("worker", ""))


def shard_prefix(worker: str) -> str:
    """Return what the workers of one shard have in common, "" in a run that has none."""
    return "".join(worker.partition("-")[:2]) if "-" in worker else ""


def exchanges_before(records: Sequence[Record], place: int) -> list[dict[str, Any]]:
    """Return the exchanges that the check whose line is at `place` must have found in the journal: those of its shard.

    What other workers wrote since the last line of its own worker may have come after it looked, and is left out.
    """
    worker = worker_of(records[place])
    prefix, until = shard_prefix(worker), 0
    for number, line in enumerate(records[:place]):
        if line["kind"] == _THREADS_ENDED or worker_of(line) == worker:
            until = number + 1
    found = (line for line in records[:until] if line["kind"] == "exchange")
    return [dict(line) for line in found if shard_prefix(worker_of(line)) == prefix]
