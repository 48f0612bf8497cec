"""What a report's journal says for itself: outcomes and verdict, derived anew, beside results.json."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from osia_conformance import __version__
from osia_conformance.evidence import formats
from osia_conformance.evidence.difference import first_difference
from osia_conformance.evidence.files import EvidenceError
from osia_conformance.reports import results as results_json
from osia_conformance.standard import provenance
from osia_conformance.standard.register import Register, RegisterError, load_register
from osia_conformance.support.text import one_line
from osia_conformance.verdict import journal, schemas
from osia_conformance.verdict.derivation import derive

RESULTS = "results.json"
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

Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Derived:
    """What the journal gives: its header, and the results that results.json must hold.

    `wording` is False for the report of another build of the suite, whose words need not be ours.
    """

    header: Record
    results: dict[str, Any]
    notes: list[str]
    wording: bool


def derived_anew(directory: Path) -> Derived:
    """Return what the journal gives, once results.json says the same and no body is missing.

    Raises EvidenceError for the first thing that does not hold, OSError for a file that cannot be read.
    """
    records = _records(directory)
    header = records[0]
    register, notes = _register(records, header)
    try:
        results = _plain(results_json.arrange(derive(records, register)))
    except _BROKEN as error:
        raise EvidenceError(f"{journal.FILE}: no verdict can be derived from it: {one_line(str(error))}") from None
    _check_bodies(directory, records)
    _check_evidence(records)
    made, own = header.get("sources", {}).get(provenance.SUITE, "unknown"), provenance.suite_digest()
    _check_results(directory, results, wording=made == own)
    if made == own:
        notes += formats.check(directory, results, records)
    else:
        notes.append(
            f"made by suite {header['tool']['version']} (code {made[:12]}) and verified by {__version__} (code "
            f"{own[:12]}): outcomes and verdict compared, not words"
        )
    return Derived(header, results, notes, wording=made == own)


def _records(directory: Path) -> list[dict[str, Any]]:
    try:
        records = journal.read(directory)
    except FileNotFoundError:
        raise EvidenceError(f"{journal.FILE}: it is missing, so nothing can be derived") from None
    except ValueError as error:
        raise EvidenceError(str(error)) from None
    if not records or records[0]["kind"] != "header":
        raise EvidenceError(f"{journal.FILE}: it does not begin with a header, so nothing is known about its run")
    validators = _validators()
    for number, record in enumerate(records, start=1):
        validator = validators.get(record["kind"])
        if validator is None:
            raise EvidenceError(f"{journal.FILE}: line {number} is of an unknown kind, {one_line(record['kind'])!r}")
        fault = best_match(validator.iter_errors(record))
        if fault is not None:
            raise EvidenceError(
                f"{journal.FILE}: line {number} is not as the journal's schema has it at {fault.json_path}: "
                f"{one_line(fault.message)}"
            )
    return records


def _validators() -> dict[str, Draft202012Validator]:
    whole = schemas.schema("journal.schema.json")
    kinds = [branch["$ref"].rpartition("/")[2] for branch in whole["oneOf"]]
    return {kind: Draft202012Validator({"$defs": whole["$defs"], "$ref": f"#/$defs/{kind}"}) for kind in kinds}


def _register(records: Sequence[Record], header: Record) -> tuple[Register, list[str]]:
    """Return the register to derive with: the suite's own if the run had the same, else the report's copy."""
    version = header["interfaceVersion"]
    try:
        kept = provenance.recorded(records)
        own = load_register(version) if _same_sources(header, version) else None
    except (*_BROKEN, RegisterError) as error:
        raise EvidenceError(f"{journal.FILE}: its register line is no register: {one_line(str(error))}") from None
    if own is not None:
        if kept is not None and provenance.as_line(kept) != provenance.as_line(own):
            raise EvidenceError(f"{journal.FILE}: its register line is not the register that its header names")
        return own, []
    if kept is None:
        raise EvidenceError(
            f"{journal.FILE}: it was judged by another register than this suite's and keeps no copy, so "
            f"nothing can be derived; use suite version {header['tool']['version']}"
        )
    return kept, ["judged by another register than this suite's: derived with the copy in the journal"]


def _same_sources(header: Record, version: str) -> bool:
    try:
        own = provenance.digests(version)
    except OSError:
        return False
    named = header.get("sources", {})
    return all(named.get(name) == own[name] for name in (provenance.SPECIFICATION, *provenance.REGISTER))


def _check_bodies(directory: Path, records: Sequence[Record]) -> None:
    named = set(journal.files_of(records))
    kept = {f"{journal.BODIES}/{path.name}" for path in (directory / journal.BODIES).glob("*")}
    for name in sorted(named | kept):
        if name not in kept:
            raise EvidenceError(f"{name}: the journal names it and it is missing")
        digest = hashlib.sha256((directory / name).read_bytes()).hexdigest()
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
        stored = json.loads((directory / RESULTS).read_bytes())
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
