"""The findings as `report.html` shows them: by cause, each with what to do about it and the exchange that decided."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from osia_conformance.reports.body_difference import Places, places, text_difference
from osia_conformance.reports.exchanges import Record
from osia_conformance.reports.headline import failed
from osia_conformance.reports.record_names import RecordNames
from osia_conformance.reports.shown_exchanges import ShownExchanges, shown_lines
from osia_conformance.support.text import clip

OPENED = 8
"""Findings that stand open: of more than these a reader looks for what concerns them."""

TEXT_BOUND = 4_000
"""Characters of reason, expected and actual; half a command would be worse than a long one."""

_OTHERS = 30
_FIRST = ("A", "B")
"""The records whose ids stand below a finding: the one that decided, and the one after it."""

Shown = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Findings:
    """What findings are shown with: the exchanges, and the rulings and waivers by id."""

    exchanges: ShownExchanges
    rulings: Mapping[str, Record]
    waived: Mapping[str, Record]

    def by_cause(self, results: Record) -> list[Shown]:
        """Return the causes of a run, those of MUST requirements first, each with its findings."""
        left = {entry["id"]: entry for entry in failed(results)}
        causes = list(self._causes(results, left))
        for cause in causes[:OPENED]:
            cause["findings"][0]["open"] = True
        return causes

    def check(self, check: Record) -> Shown:
        """Return a failed or open check with its exchanges: those of its set-up, the decisive one, those after it."""
        found = self.exchanges.found(check["evidence"])
        where = places(check)
        place = self._shows(found, _decisive(check, found), where)
        names = RecordNames([*found[place : place + 1], *found])
        texts = {name: clip(check[name] or "", TEXT_BOUND) for name in ("reason", "expected", "actual")}
        difference = text_difference(texts["expected"], texts["actual"])
        shown = {name: names.segments(text) for name, text in texts.items()}
        return {
            **check,
            **shown,
            "difference": shown_lines(difference, names, apart=True) if difference else [],
            "case": case_name(check["id"]),
            "records": {whole: name for whole, name in names.names.items() if name in _FIRST},
            "setup": [self.exchanges.whole(one, names) for one in found[:place]],
            "decisive": self._decisive(found, place, names, where, check) if found else None,
            "after": [self.exchanges.whole(one, names) for one in found[place + 1 :]],
        }

    def _decisive(self, found: Sequence[Record], place: int, names: RecordNames, where: Places, check: Record) -> Shown:
        actual = str(check["actual"] or check["reason"] or "")
        return self.exchanges.decisive(found[place], names, where, found[:place], actual)

    def _shows(self, found: Sequence[Record], place: int, where: Places) -> int:
        """Return the place of the exchange whose answer shows a difference: the decisive one, else the next one."""
        if not where:
            return place
        later = (at for at in range(place, len(found)) if self.exchanges.is_json(found[at]["response"]))
        return next(later, place)

    def _causes(self, results: Record, left: dict[str, Record]) -> Iterator[Shown]:
        hanging: dict[str, list[str]] = {}
        for entry in results["requirements"]:
            if entry["outcome"] == "cantTell" and entry.get("cause"):
                hanging.setdefault(entry["cause"], []).append(entry["id"])
        for cause in results.get("causes", ()):
            own = [left.pop(name) for name in cause["requirements"] if name in left]
            if own:
                yield self._cause(cause["id"], cause["title"], own, hanging.get(cause["id"], []))
        for entry in left.values():
            yield self._cause("", entry["title"], [entry], [])

    def _cause(self, name: str, title: str, entries: Sequence[Record], hanging: Sequence[str]) -> Shown:
        fixes = dict.fromkeys(entry.get("fix") or "" for entry in entries)
        common = next(iter(fixes)) if len(fixes) == 1 else ""
        findings = [self._finding(entry, common) for entry in entries]
        return {"id": name, "title": title, "fix": common, "findings": findings, "hanging": hanging}

    def _finding(self, entry: Record, common: str) -> Shown:
        broken = [check for check in entry["checks"] if check["outcome"] == "failed"]
        others = [{**check, "case": case_name(check["id"])} for check in broken[1 : _OTHERS + 1]]
        cases = len(entry["checks"])
        return {
            **entry,
            "open": False,
            "fix": "" if common else entry.get("fix") or "",
            "cases": f"{len(broken)} of {cases} cases failed" if cases > 1 else "",
            "check": self.check(broken[0]) if broken else None,
            "others": others,
            "more": max(0, len(broken) - 1 - _OTHERS),
            "ruled": [self.rulings[ruling] for ruling in entry["rulings"] if ruling in self.rulings],
            "waiver": self.waived.get(entry["id"]),
        }


def case_name(check: str) -> str:
    """Return the case of a check's id in words: `patch/null_removes_it[reason]` is "null removes it [reason]"."""
    name, bracket, case = check.partition("[")
    words = name.rpartition("/")[2].replace("_", " ")
    return f"{words} [{case}" if bracket else words


def _decisive(check: Record, found: Sequence[Record]) -> int:
    """Return the place of the exchange that decided: the one that the check names, else the last."""
    named = [place for place, exchange in enumerate(found) if exchange["id"] == check.get("decisive")]
    return named[0] if named else max(0, len(found) - 1)
