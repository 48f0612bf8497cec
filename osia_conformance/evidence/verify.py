"""Whether a report is what its run produced: signature, files, and what the journal says for itself.

`results.json` and the signed predicates are believed in nothing: outcomes and verdict are derived from the
journal anew and must be the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from securesystemslib.signer import SSlibKey

from osia_conformance.evidence import bundle, files, statement
from osia_conformance.evidence.derivation import Derived, derived_anew
from osia_conformance.evidence.difference import first_difference
from osia_conformance.support.json_types import Record
from osia_conformance.support.secrets import ConfigurationError
from osia_conformance.support.text import one_line
from osia_conformance.verdict import journal
from osia_conformance.verdict.report_files import RESULTS


class RejudgedOutcomes(Protocol):
    """What judging again gave (run/rejudging.py)."""

    @property
    def same(self) -> int:
        """How many outcomes came again."""
        ...

    @property
    def contradicted(self) -> Sequence[str]:
        """A sentence for each outcome that passed and comes out failed."""
        ...

    @property
    def open_ones(self) -> Sequence[tuple[tuple[str, str], str]]:
        """Requirement and check of each that cannot be judged so, and why."""
        ...


Collect = Callable[[Record], Collection[tuple[str, str]]]
"""Returns requirement and id of each check that this suite has for a run with a journal's header."""


@dataclass(slots=True)
class Findings:
    """What verifying found, in sentences. The report holds if there is no fault; `unchecked` says what nobody can
    say anything of here. `signers` are the ids of the keys that signed, the tester's first."""

    faults: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    unchecked: list[str] = field(default_factory=list)
    signers: tuple[str, ...] = ()
    signed: int = 0
    results: dict[str, Any] | None = None
    records: Sequence[Record] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """What the auditor brings along: a witness's key, the digest of the suite that is expected where it is another
    than this one, and the ways to this suite's checks: to list them, and to judge them again from a journal."""

    witness: SSlibKey | None = None
    suite: str | None = None
    collect: Collect | None = None
    rejudge: Callable[[Sequence[Record], Path], RejudgedOutcomes] | None = None


def verify(directory: Path, key: SSlibKey, asked: Asked | None = None) -> Findings:
    """Return what holds and what does not, of a signed report. Each file is read once.

    Raises ConfigurationError if `directory` is no report at all.
    """
    files.check_report(directory)
    try:
        with files.snapshot(directory) as taken:
            return verify_snapshot(taken, key, asked)
    except files.EvidenceError as error:
        return Findings(faults=[str(error)])
    except OSError as error:
        return Findings(faults=[f"{error.filename}: it cannot be read: {error.strerror}"])


def verify_snapshot(taken: files.Snapshot, key: SSlibKey, asked: Asked | None = None) -> Findings:
    """Return what holds and what does not, of a private copy of a signed report."""
    asked = asked or Asked()
    found = Findings(notes=[f"{name}: outside the signed set" for name in _grouped(taken.added)])
    try:
        signed = bundle.read(taken.directory, key, asked.witness)
        found.signers = signed.key_ids
        subjects = _signed(signed.statements[statement.VERDICT])
        found.signed = len(subjects)
        found.faults += _differences(subjects, taken.digests)
        if not found.faults:
            derived = derived_anew(taken, asked.suite)
            found.results, found.records = derived.results, derived.records
            found.notes += derived.notes
            found.unchecked += derived.unchecked
            _check_statements(signed.statements, derived)
            _check_plan(derived, asked.collect)
            _judge_again(found, derived, taken, asked)
    except files.EvidenceError as error:
        found.faults.append(str(error))
    _check_witness(found, asked)
    return found


def _judge_again(found: Findings, derived: Derived, taken: files.Snapshot, asked: Asked) -> None:
    """Compare the recorded outcomes with those that the recorded exchanges give, if that is asked for."""
    if asked.rejudge is None:
        return
    if not derived.is_own:
        found.unchecked.append("judgements were not replayed: another suite judged")
        return
    try:
        again = asked.rejudge(derived.records, taken.directory)
    except ConfigurationError as error:
        found.unchecked.append(f"judgements were not replayed: {error}")
        return
    found.faults += again.contradicted
    found.notes.append(f"judged again from recorded exchanges: {again.same} outcomes came again")
    found.notes += [f"cannot be judged again: {' '.join(key)}: {reason}" for key, reason in again.open_ones]
    if again.open_ones:
        found.unchecked.append(f"{len(again.open_ones)} judgements cannot be replayed from their recorded exchanges")


def _check_witness(found: Findings, asked: Asked) -> None:
    if len(found.signers) > 1 and asked.witness is None:
        found.unchecked.append(
            f"{files.ATTESTATION}: a witness signed it, too (key {found.signers[1][:16]}); name that key by --witness"
        )


def _check_plan(derived: Derived, collect: Collect | None) -> None:
    """Compare what the run was to judge with what this suite has for it, where the run judged all of that."""
    plans = {
        (check["requirement"], check["id"])
        for line in derived.records
        if line["kind"] == "plan"
        for check in line["checks"]
    }
    judged = {(line["requirement"], line["id"]) for line in derived.records if line["kind"] == "check"}
    if stray := sorted(judged - plans):
        raise files.EvidenceError(f"{journal.FILE}: its plan lacks {one_line(' '.join(stray[0]))}, which it judged")
    if collect is None or not derived.is_own or derived.header["selection"] or not plans:
        return
    wanted = set(collect(derived.header))
    if missing := sorted(wanted - plans):
        raise files.EvidenceError(
            f"{journal.FILE}: its plan lacks {' '.join(missing[0])}, which this suite judges in such a run"
        )
    if more := sorted(plans - wanted):
        raise files.EvidenceError(
            f"{journal.FILE}: its plan has {one_line(' '.join(more[0]))}, which this suite does not have"
        )


def _grouped(names: Sequence[str]) -> Iterator[str]:
    """Yield each name of a file in added/, and of a directory there its name and how many files it has."""
    parts = Counter("/".join(name.split("/")[:2]) for name in names)
    yield from (name if name in names else f"{name}/ ({count} files)" for name, count in parts.items())


def _signed(verdict: Record) -> dict[str, str]:
    return {subject["name"]: subject["digest"]["sha256"] for subject in verdict["subject"]}


def _differences(signed: Mapping[str, str], present: Mapping[str, str]) -> Iterator[str]:
    first = (journal.FILE, RESULTS)
    for name in sorted({*signed, *present}, key=lambda name: (name not in first, name)):
        if name not in present:
            yield f"{name}: it was signed and is missing"
        elif name not in signed:
            yield f"{name}: it was not signed, so it was added later"
        elif signed[name] != present[name]:
            yield (
                f"{name}: it is not the file that was signed: its SHA-256 is {present[name][:16]}..., "
                f"signed was {signed[name][:16]}..."
            )


def _check_statements(statements: Mapping[str, Record], derived: Derived) -> None:
    built = {
        statement.TEST_RESULT: statement.test_result(derived.results, derived.header),
        statement.VERDICT: statement.verdict(derived.results, derived.header),
    }
    for kind, predicate in built.items():
        stated = dict(statements[kind]["predicate"])
        if not derived.wording:
            for said in (stated, predicate):
                said.pop("reasons", None)
                said.pop("waivers", None)
        difference = first_difference(stated, predicate)
        if difference is not None:
            raise files.EvidenceError(f"{files.ATTESTATION}: the predicate {kind} is signed, but {difference}")
