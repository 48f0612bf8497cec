"""The symptom of a failure: by which code of which call, or in which members, a fault showed itself (RUL-ONE-FAULT).

Two failures of one symptom may have one fault behind them; two symptoms are two findings.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

ACCEPTED = "a success in place of "
"""How the body of a symptom begins where a call was accepted that another requirement wants refused."""
_MOST_MEMBERS = 40
_INDEX = re.compile(r"\[\d+\]")
_OPERATION = re.compile(r"\b[a-z]+(?:[A-Z][A-Za-z]*)+\b")
_VARIABLE = re.compile(r"\"[^\"]*\"|'[^']*'|`[^`]*`|\$[\w.\[\]]*|\b[0-9a-fA-F]{8}-[0-9a-fA-F-]{27}\b|\d+")


@dataclass(frozen=True, slots=True)
class Symptom:
    """`operation` and `status` of the answer where its code shows the fault; `members` are the JSONPaths, without
    list indices, where what was answered differs; `body` says in words what an answer is instead of what it should be
    ("no JSON"); `search` is the operator of a search that finds others than it should. With none of the first three,
    the words of the judgement tell symptoms apart.
    """

    operation: str | None = None
    status: int | None = None
    members: tuple[str, ...] = ()
    body: str | None = None
    search: str | None = None

    def as_record(self) -> dict[str, Any]:
        """Return the symptom as the journal's check line has it: `body` and `search` only where there are such."""
        record = {"operation": self.operation, "status": self.status, "members": list(self.members)}
        return record | {name: told for name, told in (("body", self.body), ("search", self.search)) if told}


def of_members(operation: str | None, paths: Iterable[str]) -> Symptom:
    """Return the symptom of a difference at these JSONPaths, each named once and sorted."""
    plain = sorted({_INDEX.sub("", path) for path in paths})
    return Symptom(operation, members=tuple(plain[:_MOST_MEMBERS]))


def recorded(line: Mapping[str, Any]) -> Symptom | None:
    """Return the symptom of a check line; None for a journal from before symptoms were kept."""
    record = line.get("symptom")
    if record is None:
        return None
    return Symptom(
        record["operation"], record["status"], tuple(record["members"]), record.get("body"), record.get("search")
    )


def explained(line: Mapping[str, Any], others: Iterable[Mapping[str, Any]]) -> bool:
    """Return whether what a check line shows is the same symptom as what `others`, failed ones, show between them.

    A difference is explained where each of its members is; a code by the same code of the same call; all else by
    the same words about the same call. Journals from before symptoms were kept do not tell them apart.
    """
    found, known = recorded(line), []
    for other in others:
        symptom = recorded(other)
        if found is None or symptom is None:
            return True
        known.append((symptom, other))
    if found is None:
        return False
    if found.members:
        members = [member for symptom, _ in known for member in symptom.members]
        return all(any(_covers(member, each) for member in members) for each in found.members)
    return any(not symptom.members and _kind(symptom, other) == _kind(found, line) for symptom, other in known)


def _kind(symptom: Symptom, line: Mapping[str, Any]) -> tuple[object, ...]:
    if symptom.status is not None or symptom.body is not None:
        return symptom.operation, symptom.status, symptom.body
    return symptom.operation, plain_words(line["actual"] or line["reason"] or "")


def _covers(member: str, other: str) -> bool:
    """Return whether a difference at `member` explains one at `other`: the same place, or one below it.

    Checks compare parts of a record as well as whole ones, so a path may be the end of the other.
    """
    one, two = f"{member.removeprefix('$')}.", f"{other.removeprefix('$')}."
    return two.startswith(one) or one.endswith(two) or two.endswith(one)


def plain_words(text: str) -> str:
    """Return a sentence without what differs from call to call: operations, values, places, numbers."""
    return _OPERATION.sub("…", _VARIABLE.sub("…", text))
