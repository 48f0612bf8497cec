"""Runs that judged every requirement of a version, without a server: for formats whose length is looked at."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from pathlib import Path
from typing import Any

from osia_conformance.standard import provenance
from osia_conformance.standard.register import Register, load_register
from osia_conformance.verdict.derivation import derive
from osia_conformance.verdict.journal import Journal
from tests.unit.evidence import making

Record = dict[str, Any]

VERSION = "1.3.0"


def written(directory: Path, failing: int = 0, **changes: Any) -> tuple[Record, list[Record]]:
    """Write the journal of a run in which `failing` MUST requirements failed, and return its results and lines."""
    directory.mkdir(exist_ok=True)
    register = load_register(VERSION)
    failed = _failing(register, failing)
    kept = Journal(directory)
    kept.write(
        "header", **making.header(**{"interfaceVersion": VERSION, "sources": provenance.digests(VERSION), **changes})
    )
    kept.write("register", **provenance.as_line(register))
    kept.write("exchange", **making.exchange("main.1", kept.body(b'{"status": "IN_PROGRESS"}')))
    for entry in register.active():
        kept.write("check", **_check(entry.id, entry.operations[0], failed))
    kept.write("footer", finished="2026-01-02T03:09:00.000Z", ending="complete", reason=None)
    kept.close()
    records = making.records_of(directory)
    return json.loads(json.dumps(derive(records, register))), records


def with_causes(results: Record, each: int = 5) -> Record:
    """Return results whose findings have causes, `each` of them one, and what to do."""
    failed = [entry for entry in results["requirements"] if entry["outcome"] == "failed"]
    causes = [
        {"id": f"C{number}", "title": f"Cause number {number}", "requirements": [entry["id"] for entry in group]}
        for number, group in enumerate((failed[at : at + each] for at in range(0, len(failed), each)), start=1)
    ]
    named = {name: cause["id"] for cause in causes for name in cause["requirements"]}
    entries = [
        {**entry, "cause": named[entry["id"]], "fix": "answer what is documented"} if entry["id"] in named else entry
        for entry in results["requirements"]
    ]
    return {**results, "requirements": entries, "causes": causes}


def journal_digest(directory: Path) -> str:
    """Return the SHA-256 (hex) of the journal."""
    return hashlib.sha256((directory / "journal.jsonl").read_bytes()).hexdigest()


def _failing(register: Register, count: int) -> set[str]:
    """Return `count` MUST requirements, none of which needs another of them: they all stay failed."""
    musts = [entry for entry in register.active() if entry.level == "MUST"]
    needed = {need for entry in musts for need in entry.needs}
    free = [entry.id for entry in musts if entry.id not in needed]
    return set(free[:: len(free) // count][:count]) if count else set()


def _check(name: str, operation: str, failed: Collection[str]) -> Record:
    outcome = "failed" if name in failed else "passed"
    said = {"expected": "a refusal (4xx), and no change of the record", "actual": "the call answered 204 No Content"}
    nothing = dict.fromkeys(said)
    return {
        **making.check(name, outcome),
        "operation": operation,
        "evidence": ["main.1"],
        **(said if outcome == "failed" else nothing),
    }
