"""The judgement of each check that counts: the worst, where a plugin of pytest had it judged more than once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from osia_conformance.support.json_types import Record
from osia_conformance.verdict.outcomes import worst

Key = tuple[str, str]
"""Requirement and id of a check."""


def judged_checks(records: Sequence[Record]) -> dict[Key, Record]:
    """Return by requirement and id the check line that counts.

    A plugin that repeats failed tests (pytest-rerunfailures) must not make a pass of a failure; where outcomes differ,
    the reason names all of them.
    """
    found: dict[Key, list[Record]] = {}
    for line in records:
        if line["kind"] == "check":
            found.setdefault((line["requirement"], line["id"]), []).append(line)
    return {key: _worst(lines) for key, lines in found.items()}


def _worst(lines: Sequence[Record]) -> Record:
    outcomes = [line["outcome"] for line in lines]
    line = lines[outcomes.index(worst(outcomes))]
    if len(set(outcomes)) == 1 or line["reason"] is None:
        return line
    told: dict[str, Any] = {"reason": f"{line['reason']} (judged {len(lines)} times: {', then '.join(outcomes)})"}
    return {**line, **told}
