"""What is signed: two in-toto Statements over the files of a report (in-toto attestation framework, v1).

One carries the standard test-result predicate, for policies that know nothing of us; the other the full
verdict, as verdict.schema.json describes it. Both are made from the journal's results alone.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from osia_conformance.standard.provenance import REGISTER, SPECIFICATION, SUITE
from osia_conformance.support.json_types import Record
from osia_conformance.verdict.demonstration import is_demonstration

STATEMENT = "https://in-toto.io/Statement/v1"
TEST_RESULT = "https://in-toto.io/attestation/test-result/v0.1"
VERDICT = "urn:osia-conformance:verdict:v1"
SCHEMA = "verdict.schema.json"


def statements(results: Record, header: Record, digests: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the statements over the files in `digests` (SHA-256 by path): test result, then verdict.

    `results` is what the journal gives, as in results.schema.json; `header` the journal's first line.
    """
    predicates = {TEST_RESULT: test_result(results, header), VERDICT: verdict(results, header)}
    return [_statement(kind, predicate, digests) for kind, predicate in predicates.items()]


def test_result(results: Record, header: Record) -> dict[str, Any]:
    """Return the test-result predicate (v0.1): PASSED for a conformant run, FAILED for every other.

    A conformant demonstration is WARNED: a policy that knows nothing of us must not let a product pass by it.

    A MUST that did not pass is a failed test, whatever the reason; of SHOULD and MAY it is a warning. What is
    inapplicable stands nowhere. Waivers change nothing here.
    """
    entries = [entry for entry in results["requirements"] if entry["outcome"] != "inapplicable"]
    missed = [entry for entry in entries if entry["outcome"] != "passed"]
    return {
        "result": _result(results),
        "configuration": _configuration(results, header),
        "passedTests": _ids(entry for entry in entries if entry["outcome"] == "passed"),
        "warnedTests": _ids(entry for entry in missed if entry["level"] != "MUST"),
        "failedTests": _ids(entry for entry in missed if entry["level"] == "MUST"),
    }


def _result(results: Record) -> str:
    if results["verdict"] != "conformant":
        return "FAILED"
    return "WARNED" if is_demonstration(results) else "PASSED"


def verdict(results: Record, header: Record) -> dict[str, Any]:
    """Return our own predicate, as verdict.schema.json describes it."""
    copied = (
        "runId",
        "product",
        "demonstration",
        "target",
        "configuration",
        "seed",
        "effort",
        "selection",
        "started",
        "finished",
    )
    judged = ("ending", "verdict", "reasons", "totals", "waivers", "exchanges")
    sources = _sources(header)
    return {
        "schemaVersion": "1.0",
        "suite": {**results["tool"], "digest": _digest(header, SUITE)},
        "interface": {
            "version": results["interfaceVersion"],
            "specification": [one for one in sources if one["name"] == SPECIFICATION],
            "register": [one for one in sources if one["name"] in REGISTER],
            **({"vendorSpecification": found} if (found := _spec(results)) else {}),
        },
        **{name: results[name] for name in (*copied, *judged)},
        "requirements": [
            {name: entry[name] for name in ("id", "level", "outcome")} for entry in results["requirements"]
        ],
        "observations": len(results["observations"]),
        "leftovers": len(results["leftovers"]),
    }


def schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of the verdict predicate."""
    loaded: dict[str, Any] = json.loads(Path(__file__).with_name(SCHEMA).read_text(encoding="utf-8"))
    return loaded


def _statement(kind: str, predicate: Record, digests: Mapping[str, str]) -> dict[str, Any]:
    subject = [{"name": name, "digest": {"sha256": digest}} for name, digest in digests.items()]
    return {"_type": STATEMENT, "subject": subject, "predicateType": kind, "predicate": predicate}


def _configuration(results: Record, header: Record) -> list[dict[str, Any]]:
    text = json.dumps(results["configuration"], sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    digest = hashlib.sha256(text.encode("ascii")).hexdigest()
    return [*_sources(header), *_spec(results), {"name": "configuration", "digest": {"sha256": digest}}]


def _sources(header: Record) -> list[dict[str, Any]]:
    return [{"name": name, "digest": _digest(header, name)} for name in header.get("sources", {})]


def _spec(results: Record) -> list[dict[str, Any]]:
    """Return the vendor's OpenAPI file by its place in the report, if there was one."""
    spec = results.get("spec")
    return [{"name": spec["file"], "digest": {"sha256": spec["sha256"]}}] if spec and "file" in spec else []


def _digest(header: Record, source: str) -> dict[str, str]:
    sources = header.get("sources", {})
    return {"sha256": sources[source]} if source in sources else {}


def _ids(entries: Any) -> Sequence[str]:
    return sorted(entry["id"] for entry in entries)
