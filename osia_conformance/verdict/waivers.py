"""Waivers: findings that somebody answers for. They change the exit code, never an outcome or the verdict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from osia_conformance.support.json_types import Record
from osia_conformance.verdict.outcomes import CONFORMANT, INCOMPLETE, NONCONFORMANT
from osia_conformance.verdict.shards import absent

APPLIED, EXPIRED, UNMATCHED = "applied", "expired", "unmatched"
UNSETTLED = ("failed", "cantTell", "untested")
"""The outcomes that stand against a target, and so can be waived."""


def states(header: Record, requirements: Sequence[Record]) -> list[dict[str, Any]]:
    """Return the waivers of a run's configuration, each with its `state` and a `note`, a sentence.

    A waiver holds through the day it names, and is judged by the day on which the run began (UTC), so that a
    report rebuilt years later says what the first one said.
    """
    outcomes = {entry["id"]: entry["outcome"] for entry in requirements}
    today = str(header["started"])[:10]
    return [_stated(waiver, outcomes, today) for waiver in header["configuration"].get("waivers", ())]


def stale(results: Record) -> list[str]:
    """Return the sentences about waivers that expired or matched nothing."""
    return [waiver["note"] for waiver in results["waivers"] if waiver["state"] != APPLIED]


def applied(results: Record) -> dict[str, Record]:
    """Return the waivers in force by the requirement they waive, as results.json lists them."""
    return {waiver["requirement"]: waiver for waiver in results["waivers"] if waiver["state"] == APPLIED}


def verdict_left(results: Record) -> str:
    """Return the verdict as it would be without the waived requirements; the exit code follows it.

    A selection, a shard, an unfinished run and one that judged nothing stay incomplete: no waiver stands for those.
    """
    musts = [entry for entry in results["requirements"] if entry["level"] == "MUST" and entry["status"] == "active"]
    waived = applied(results)
    left = [entry["outcome"] for entry in musts if entry["id"] not in waived]
    if "failed" in left:
        return NONCONFORMANT
    judged = any(entry["outcome"] in ("passed", "failed") for entry in musts)
    part = results["selection"] or absent(results.get("shards"))
    whole = results["ending"] == "complete" and not part and judged
    return CONFORMANT if whole and not set(left) & set(UNSETTLED) else INCOMPLETE


def _stated(waiver: Record, outcomes: Mapping[str, str], today: str) -> dict[str, Any]:
    name = waiver["requirement"]
    outcome = outcomes.get(name)
    if waiver["expires"] < today:
        state, note = (
            EXPIRED,
            f"the waiver of {name} expired on {waiver['expires']}; fix the finding or renew it",
        )
    elif outcome in UNSETTLED:
        state, note = (
            APPLIED,
            f"{name} is waived until {waiver['expires']} by {waiver['owner']}: {waiver['reason']}",
        )
    else:
        found = f"it is {outcome}" if outcome else "it is no requirement of this version"
        state, note = UNMATCHED, f"the waiver of {name} matched nothing, since {found}; remove it"
    members = {key: waiver[key] for key in ("requirement", "reason", "owner", "expires")}
    return {**members, "outcome": outcome, "state": state, "note": note}
