"""What CI formats call a test case: one check of one requirement."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from osia_conformance.reports.exchanges import Record
from osia_conformance.support.text import clip, visible

LIMIT = 20_000  # characters of one member of a finding


@dataclass(frozen=True, slots=True)
class Case:
    """One check of one requirement, both as in results.json."""

    requirement: Record
    check: Record

    @property
    def group(self) -> str:
        """The requirement's subject, as `group` has it."""
        return group(self.requirement["id"])

    @property
    def outcome(self) -> str:
        """The check's outcome."""
        return str(self.check["outcome"])

    @property
    def reason(self) -> str:
        """Why the outcome is what it is, in a sentence; never empty."""
        return str(self.check.get("reason") or self.requirement.get("reason") or self.requirement["title"])

    def finding(self) -> str:
        """Return what an engineer needs at hand, one named member a line, safe to print."""
        requirement, check = self.requirement, self.check
        members = {
            "requirement": f"{requirement['id']} ({requirement['level']}) {requirement['title']}",
            "clause": requirement["clause"],
            "rulings": ", ".join(requirement.get("rulings", ())),
            "reason": self.reason,
            "fix": requirement.get("fix"),
            "cause": requirement.get("cause"),
            "expected": check.get("expected"),
            "actual": check.get("actual"),
            "curl": check.get("curl"),
            "evidence": ", ".join(check.get("evidence", ())),
        }
        return visible("\n".join(f"{name}: {clip(text, LIMIT)}" for name, text in members.items() if text))


def group(requirement: str) -> str:
    """Return the subject of a requirement id, its first two parts: `ENR-TXN` of `ENR-TXN-01-CREATE`."""
    return "-".join(requirement.split("-")[:2])


def cases(results: Record) -> Iterator[Case]:
    """Yield a case for each requirement and check.

    A requirement whose outcome none of its checks shows (it has none, or one never ran) gets a case of its
    own, named after it: a CI system must not see only passes where the requirement did not pass.
    """
    for requirement in results["requirements"]:
        for check in requirement["checks"]:
            yield Case(requirement, check)
        if requirement["outcome"] not in {check["outcome"] for check in requirement["checks"]}:
            yield Case(requirement, _stand_in(requirement))


def _stand_in(requirement: Record) -> Record:
    return {
        "id": requirement["id"],
        "operation": requirement["operations"][0] if len(requirement["operations"]) == 1 else "*",
        "outcome": requirement["outcome"],
        "reason": requirement.get("reason") or "No check of this requirement ran.",
        "evidence": [],
        "seconds": 0,
    }
