"""How many requirements failed and why, in the same words and numbers in every format."""

from __future__ import annotations

import re
from collections.abc import Iterator

from osia_conformance.reports.exchanges import Record

_COUNTED = re.compile(r"\d+ of \d+ MUST requirements could not be judged, ")
"""How the reason begins that counts what could not be judged (verdict.derivation)."""

LEVELS = ("MUST", "SHOULD", "MAY")


def failed(results: Record) -> list[Record]:
    """Return the requirements that failed, those of MUST first, each level in the register's order."""
    return with_outcome(results, "failed")


def with_outcome(results: Record, outcome: str) -> list[Record]:
    """Return the requirements that ended so, those of MUST first."""
    found = [entry for entry in results["requirements"] if entry["outcome"] == outcome]
    return sorted(found, key=lambda entry: LEVELS.index(entry["level"]))


def blocked(results: Record) -> list[Record]:
    """Return the MUST requirements that could not be judged because of one that failed."""
    return [
        entry
        for entry in results["requirements"]
        if entry["level"] == "MUST" and entry["outcome"] == "cantTell" and entry.get("cause")
    ]


def counted(number: int, noun: str) -> str:
    """Return a number with its noun: "1 cause", "4 causes"."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def open_reasons(results: Record) -> list[str]:
    """Return the reasons for which a run is not complete, without the count that `headline` gives already.

    That one is left out where all that could not be judged hangs on something that failed.
    """
    hanging, open_ones = len(blocked(results)), results["totals"]["must"]["cantTell"]
    told = hanging == open_ones and bool(failures(results))
    return [reason for reason in results["reasons"] if not (told and _COUNTED.match(reason))]


def failures(results: Record) -> list[str]:
    """Return what failed in words, by level: "9 MUST requirements failed, about 4 causes"; [] where nothing did."""
    return list(_failures(results))


def headline(results: Record) -> str:
    """Return what failed, and what hangs on it, as one line; "" where nothing failed."""
    parts, hanging = failures(results), len(blocked(results))
    if hanging and parts:
        parts.append(f"{hanging:,} more could not be judged because of them")
    return "; ".join(parts)


def _failures(results: Record) -> Iterator[str]:
    entries = failed(results)
    for level in LEVELS:
        own = [entry for entry in entries if entry["level"] == level]
        if own:
            causes = {entry["cause"] for entry in own if entry.get("cause")}
            about = f", about {counted(len(causes), 'cause')}" if causes and len(own) > 1 else ""
            yield f"{counted(len(own), f'{level} requirement')} failed{about}"
