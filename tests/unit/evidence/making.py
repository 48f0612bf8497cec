"""A small report to sign and to tamper with: few requirements, all formats, a long body, most outcomes."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from osia_conformance import __version__, reports
from osia_conformance.evidence import bundle, files, statement
from osia_conformance.evidence.derivation import derived_anew
from osia_conformance.evidence.keys import generate, private_key
from osia_conformance.standard import provenance
from osia_conformance.standard.register import Register, build, load_register
from osia_conformance.verdict.derivation import derive
from osia_conformance.verdict.journal import Journal

Record = dict[str, Any]

URL = "https://gateway.example.org/identity"
LONG = b'{"note": "' + b"x" * 80_000 + b'"}'
FORMATS = (*reports.FORMATS, "earl", "oscal")
OUTCOMES = {
    "ENR-READ-01": "passed",
    "ENR-READ-02": "failed",
    "ENR-READ-03": "cantTell",
    "ENR-READ-04": "failed",
}


def small_register() -> Register:
    """Return a register of five requirements: one of level SHOULD, and one that no check judges."""
    levels = {"ENR-READ-04": "SHOULD"}
    entries = [
        {
            "id": name,
            "operations": ["readEnrollment"],
            "level": levels.get(name, "MUST"),
            "title": f"Title of {name}",
            "clause": "openapi.yaml#/paths",
            "needs": [],
        }
        for name in (*OUTCOMES, "ENR-READ-05")
    ]
    basics = {"id": "ENR-DONE-01", "each": ["READ"], "title": "It is done", "clause": "openapi.yaml#/paths"}
    rulings = [{"id": "RUL-READ", "title": "Reading", "text": "It is read."}]
    return build({"requirement": [*entries, basics]}, {"ruling": rulings})


def header(**changes: Any) -> Record:
    """Return a header, which names a register that is not the suite's own."""
    return {
        "schemaVersion": "1.0",
        "runId": "0b8e1f0e-0000-4000-8000-000000000001",
        "tool": {"name": "osia-conformance", "version": __version__},
        "product": {"vendor": "Example", "name": "Gateway", "version": "4.2"},
        "interfaceVersion": "1.0.0",
        "sources": {**dict.fromkeys(provenance.digests("1.0.0"), "0" * 64), "suite": provenance.suite_digest()},
        "target": {"url": URL, "embedded": False},
        "seed": 7,
        "effort": "standard",
        "workers": 1,
        "started": "2026-01-02T03:04:05.678Z",
        "selection": False,
        "configuration": {"target": {"url": URL}, "auth": {"method": "jwt", "key": "env:OSIA_JWT_KEY"}},
        "environment": provenance.environment(),
        **changes,
    }


def exchange(name: str, answer: Mapping[str, Any]) -> Record:
    """Return an exchange without a request body."""
    return {
        "id": name,
        "check": "test_read",
        "operation": "readEnrollment",
        "started": "2026-01-02T03:04:06.000Z",
        "elapsed": 0.0123,
        "scopes": ["enroll.read"],
        "fault": None,
        "request": {"method": "GET", "url": f"{URL}/v1/enrollments/1", "headers": [], "size": 0},
        "response": {"status": 200, "headers": [], "truncated": False, **answer},
        "error": None,
        "withheld": 0,
    }


def check(name: str, outcome: str) -> Record:
    """Return the judgement of requirement `name`, with two exchanges as its evidence."""
    said = None if outcome == "passed" else "200"
    return {
        "id": f"test_read[{name}]",
        "requirement": name,
        "operation": "readEnrollment",
        "outcome": outcome,
        "reason": None if outcome == "passed" else f"{name} is {outcome}",
        "expected": said,
        "actual": said,
        "curl": None,
        "evidence": ["main.1", "main.2"],
        "seconds": 0.25,
        "worker": "main",
    }


def written(directory: Path, *, own_register: bool = False, **changes: Any) -> Path:
    """Write a whole report into the new `directory` and return it.

    `changes` replace members of the header; with `own_register` the run judged by the suite's register.
    """
    directory.mkdir()
    register = load_register("1.0.0") if own_register else small_register()
    if own_register:
        changes.setdefault("sources", provenance.digests("1.0.0"))
        # A few made-up checks are not all that this suite has.
        changes.setdefault("selection", True)
    kept = Journal(directory)
    kept.write("header", **header(**changes))
    kept.write("register", **provenance.as_line(register))
    kept.write("exchange", **exchange("main.1", kept.body(b'{"status": "IN_PROGRESS"}')))
    kept.write("exchange", **exchange("main.2", kept.body(LONG)))
    checks = [check(name, outcome) for name, outcome in OUTCOMES.items() if name in register.requirements]
    kept.write("plan", checks=[{name: one[name] for name in ("id", "requirement", "operation")} for one in checks])
    for one in checks:
        kept.write("check", **one)
    kept.write(
        "observation",
        ruling="RUL-READ",
        operation="*",
        text="plain http",
        evidence=["main.1"],
        check="setup",
    )
    kept.write("footer", finished="2026-01-02T03:09:00.000Z", ending="complete", reason=None)
    kept.close()
    rewrite_reports(directory, register)
    return directory


def records_of(directory: Path) -> list[Record]:
    """Return the journal's lines."""
    return [json.loads(line) for line in (directory / "journal.jsonl").read_text("utf-8").splitlines()]


def rewrite_journal(directory: Path, change: Callable[[list[Record]], list[Record]]) -> None:
    """Write the journal's lines as `change` returns them."""
    lines = [json.dumps(record, separators=(",", ":")) for record in change(records_of(directory))]
    (directory / "journal.jsonl").write_text("".join(f"{line}\n" for line in lines), "utf-8")


def rewrite_reports(
    directory: Path, register: Register, change: Callable[[Record], None] = lambda results: None
) -> None:
    """Write every format anew from the journal, of results that `change` may have edited."""
    records = records_of(directory)
    results = derive(records, register)
    change(results)
    reports.write_all(results, records, directory, FORMATS)


def sign_without_asking(directory: Path, key: Path, change: Callable[[Record], None] | None = None) -> None:
    """Sign whatever lies in `directory`, as one who holds the key and means to deceive could.

    `change` edits the results that the predicates are made of; without it they are those of results.json.
    """
    results = json.loads((directory / "results.json").read_text("utf-8"))
    if change is not None:
        with files.snapshot(directory) as taken:
            results = derived_anew(taken).results
        change(results)
    made = statement.statements(results, records_of(directory)[0], files.digests(directory))
    bundle.write(directory, made, private_key(f"file:{key}", "--key"))


def key_pair(directory: Path, name: str, algorithm: str = "ed25519") -> tuple[Path, Path]:
    """Return the paths of a new private and public key."""
    return generate(algorithm, directory / f"{name}.pem")


def whitewash(results: Record) -> None:
    """Edit results consistently: everything passed, so the verdict is conformant and the totals say so."""
    for entry in results["requirements"]:
        entry.update(outcome="passed", reason=None)
        for one in entry["checks"]:
            one.update(outcome="passed", reason=None, expected=None, actual=None)
    results.update(verdict="conformant", reasons=[])
    musts = sum(entry["level"] == "MUST" for entry in results["requirements"])
    for counts, passed in (
        (results["totals"], len(results["requirements"])),
        (results["totals"]["must"], musts),
    ):
        counts.update(passed=passed, failed=0, cantTell=0, untested=0, inapplicable=0)
