"""Whether a report is what its run produced: signature, files, and what the journal says for itself.

`results.json` and the signed predicates are believed in nothing: outcomes and verdict are derived from the
journal anew and must be the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from securesystemslib.signer import SSlibKey

from osia_conformance.evidence import bundle, files, statement
from osia_conformance.evidence.derivation import RESULTS, Derived, derived_anew
from osia_conformance.evidence.difference import first_difference
from osia_conformance.verdict import journal

Record = Mapping[str, Any]


@dataclass(slots=True)
class Findings:
    """What verifying found. `faults` and `notes` are sentences; the report holds if there is no fault."""

    faults: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    signed: int = 0
    results: dict[str, Any] | None = None


def verify(directory: Path, key: SSlibKey) -> Findings:
    """Return what holds and what does not, of a signed report.

    Raises ConfigurationError if `directory` is no report at all.
    """
    files.check_report(directory)
    found = Findings(notes=[f"{name}: outside the signed set" for name in _grouped(files.added(directory))])
    try:
        statements = bundle.read(directory, key)
        signed = _signed(statements[statement.VERDICT])
        found.signed = len(signed)
        found.faults += _differences(signed, files.digests(directory))
        if not found.faults:
            derived = derived_anew(directory)
            found.results = derived.results
            found.notes += derived.notes
            _check_statements(statements, derived)
    except files.EvidenceError as error:
        found.faults.append(str(error))
    except OSError as error:
        found.faults.append(f"{error.filename}: it cannot be read: {error.strerror}")
    return found


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
