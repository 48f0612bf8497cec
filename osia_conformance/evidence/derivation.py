"""What a report's journal says for itself: outcomes and verdict, derived anew, beside results.json."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from osia_conformance import __version__
from osia_conformance.evidence import formats
from osia_conformance.evidence.difference import first_difference
from osia_conformance.evidence.files import EvidenceError, Snapshot
from osia_conformance.reports import results as results_json
from osia_conformance.standard import provenance
from osia_conformance.standard.register import Register, RegisterError, load_register
from osia_conformance.support import files as support_files
from osia_conformance.support.json_types import Record
from osia_conformance.support.text import one_line
from osia_conformance.verdict import journal
from osia_conformance.verdict.checked_journal import JournalError, read_journal
from osia_conformance.verdict.derivation import derive
from osia_conformance.verdict.finished_run import LARGEST_RESULTS
from osia_conformance.verdict.report_files import RESULTS

_BROKEN = (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError)
# What another build of the suite must find in a report as well; its wording may have changed since.
_DECISIVE = (
    "runId",
    "product",
    "verdict",
    "ending",
    "interfaceVersion",
    "target",
    "seed",
    "started",
    "totals",
)


@dataclass(frozen=True, slots=True)
class Derived:
    """What the journal gives: its lines, and the results that results.json must hold.

    `notes` and `unchecked` are sentences: what to know, and what could not be looked at. `wording` is False for the
    report of another build of the suite, whose words need not be ours; `is_own` is True where this suite, with its
    own register, judged.
    """

    records: Sequence[Record]
    results: dict[str, Any]
    notes: list[str]
    unchecked: list[str]
    wording: bool
    is_own: bool

    @property
    def header(self) -> Record:
        """The journal's header."""
        return self.records[0]


def derived_anew(taken: Snapshot, expected: str | None = None) -> Derived:
    """Return what the journal gives, once results.json says the same and no body is missing.

    `expected` is the digest of the suite that is to have judged, where that is not this one. Raises EvidenceError for
    the first thing that does not hold, OSError for a file that cannot be read.
    """
    directory, records = taken.directory, _records(taken.directory)
    header = records[0]
    register, is_own = _register(records, header)
    try:
        results = _plain(results_json.arrange(derive(records, register)))
    except _BROKEN as error:
        raise EvidenceError(f"{journal.FILE}: no verdict can be derived from it: {one_line(str(error))}") from None
    _check_bodies(taken, records)
    _check_evidence(records)
    made, own = header.get("sources", {}).get(provenance.SUITE, "unknown"), provenance.suite_digest()
    _check_results(directory, results, wording=made == own)
    notes, unchecked = _judge_of(records, expected, is_own=is_own, is_suite=made == own)
    compared = formats.check(taken, results, records, is_suite=made == own)
    return Derived(
        records,
        results,
        notes + compared.notes,
        unchecked + compared.unchecked,
        wording=made == own,
        is_own=is_own and made == own,
    )


def _judge_of(
    records: Sequence[Record], expected: str | None, *, is_own: bool, is_suite: bool
) -> tuple[list[str], list[str]]:
    """Return notes and doubts about who judged: another suite, or another register than this suite's."""
    if is_own and is_suite:
        return [], []
    made = provenance.judge_digest(records)
    version = records[0]["tool"]["version"]
    notes = [] if is_own else ["judged by another register than this suite's: derived with the copy in the journal"]
    if not is_suite:
        notes.append(f"made by suite {version} and verified by {__version__}: outcomes and verdict compared, not words")
    if expected == made:
        return [*notes, f"judged by the suite that you expect: {made}"], []
    what = "suite" if is_own else "register"
    return notes, [
        f"derived by a {what} that is not this suite's: suite {version}, digest {made}; if you have that digest from "
        "whom you trust, say --expect-suite"
    ]


def _records(directory: Path) -> list[dict[str, Any]]:
    try:
        return read_journal(directory, sealed=True)
    except FileNotFoundError:
        raise EvidenceError(f"{journal.FILE}: it is missing, so nothing can be derived") from None
    except JournalError as error:
        raise EvidenceError(f"{journal.FILE}: {error}") from None


def _register(records: Sequence[Record], header: Record) -> tuple[Register, bool]:
    """Return the register to derive with, and whether it is the suite's own: else the report's copy."""
    version = header["interfaceVersion"]
    try:
        kept = provenance.recorded(records)
        own = load_register(version) if _same_sources(header, version) else None
    except (*_BROKEN, RegisterError) as error:
        raise EvidenceError(f"{journal.FILE}: its register line is no register: {one_line(str(error))}") from None
    if own is not None:
        if kept is not None and provenance.as_line(kept) != provenance.as_line(own):
            raise EvidenceError(f"{journal.FILE}: its register line is not the register that its header names")
        return own, True
    if kept is None:
        raise EvidenceError(
            f"{journal.FILE}: it was judged by another register than this suite's and keeps no copy, so "
            f"nothing can be derived; use suite version {header['tool']['version']}"
        )
    return kept, False


def _same_sources(header: Record, version: str) -> bool:
    try:
        own = provenance.digests(version)
    except OSError:
        return False
    named = header.get("sources", {})
    return all(named.get(name) == own[name] for name in (provenance.SPECIFICATION, *provenance.REGISTER))


def _check_bodies(taken: Snapshot, records: Sequence[Record]) -> None:
    named = set(journal.files_of(records))
    kept = {name for name in taken.digests if name.startswith(f"{journal.BODIES}/")}
    for name in sorted(named | kept):
        if name not in kept:
            raise EvidenceError(f"{name}: the journal names it and it is missing")
        digest = taken.digests[name]
        if name != f"{journal.BODIES}/{digest}":
            raise EvidenceError(f"{name}: its content is not the one its name gives: its SHA-256 is {digest[:16]}...")


def _check_evidence(records: Sequence[Record]) -> None:
    known = {record["id"] for record in records if record["kind"] == "exchange"}
    for record in records:
        if record["kind"] in ("check", "observation"):
            gone = [name for name in record["evidence"] if name not in known]
            if gone:
                what = record.get("requirement") or record["ruling"]
                raise EvidenceError(
                    f"{journal.FILE}: {one_line(what)} rests on exchange {one_line(gone[0])}, which it lacks"
                )


def _check_results(directory: Path, derived: Record, *, wording: bool) -> None:
    try:
        stored = json.loads(support_files.read(directory, RESULTS, LARGEST_RESULTS))
    except FileNotFoundError:
        raise EvidenceError(
            f"{RESULTS}: it is missing; `osia-conformance report DIR` makes it from the journal"
        ) from None
    except _BROKEN:
        raise EvidenceError(f"{RESULTS}: it is no JSON") from None
    if not wording:
        stored, derived = _decisive(stored), _decisive(derived)
    difference = first_difference(stored, derived)
    if difference is not None:
        raise EvidenceError(f"{RESULTS}: {difference}")


def _decisive(results: Any) -> Any:
    try:
        requirements = [
            {
                **{name: entry[name] for name in ("id", "level", "outcome")},
                "checks": [{name: check[name] for name in ("id", "outcome")} for check in entry["checks"]],
            }
            for entry in results["requirements"]
        ]
        return {**{name: results[name] for name in _DECISIVE}, "requirements": requirements}
    except (KeyError, TypeError):
        return None


def _plain(value: Any) -> dict[str, Any]:
    """Return `value` as it reads once written as JSON."""
    plain: dict[str, Any] = json.loads(json.dumps(value))
    return plain
