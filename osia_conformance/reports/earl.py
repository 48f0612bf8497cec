"""`earl.jsonld`: the outcomes in the W3C's Evaluation and Report Language (EARL 1.0 Schema), as JSON-LD 1.1.

One assertion for each requirement: who asserts (the suite), about what (the product), by which criterion (the
requirement, with its clause), with which outcome. The context stands in the file, so that it loads offline.
What EARL has no word for (level, verdict, seed) is in a vocabulary of our own,
`urn:osia-conformance:vocabulary:`. earl.shapes.ttl says in SHACL what a file holds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from osia_conformance.reports import ADDITIONAL_FILES
from osia_conformance.reports.exchanges import Record
from osia_conformance.standard import interface
from osia_conformance.support import files
from osia_conformance.support.text import clip, visible

FILE = ADDITIONAL_FILES["earl"]
LIMIT = 4_000  # characters of one member of a finding
STANDARD = f"{interface.TITLE} interface ({interface.RECOMMENDATION})"

_ID = {"@type": "@id"}
CONTEXT: dict[str, Any] = {
    "earl": "http://www.w3.org/ns/earl#",
    "dcterms": "http://purl.org/dc/terms/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "osia": "urn:osia-conformance:vocabulary:",
    "title": "dcterms:title",
    "description": "dcterms:description",
    "identifier": "dcterms:identifier",
    "version": "dcterms:hasVersion",
    "publisher": "dcterms:publisher",
    "clause": "dcterms:source",
    "date": {"@id": "dcterms:date", "@type": "xsd:dateTime"},
    "isPartOf": {"@id": "dcterms:isPartOf", **_ID},
    "assertedBy": {"@id": "earl:assertedBy", **_ID},
    "subject": {"@id": "earl:subject", **_ID},
    "test": {"@id": "earl:test", **_ID},
    "mode": {"@id": "earl:mode", **_ID},
    "result": "earl:result",
    "outcome": {"@id": "earl:outcome", **_ID},
    "info": "earl:info",
    **{name: f"osia:{name}" for name in ("level", "verdict", "ending", "seed", "effort", "operation", "evidence")},
}


def write(results: Record, records: Sequence[Record], directory: Path) -> Path:
    """Write `results` to `earl.jsonld` under `directory` and return its path."""
    return files.write(directory / FILE, [files.as_json(_safe(document(results)))])


def document(results: Record) -> dict[str, Any]:
    """Return the JSON-LD document of `results`."""
    return {"@context": CONTEXT, "@graph": [_run(results), *_parties(results), *_tests(results)]}


def _run(results: Record) -> dict[str, Any]:
    return {
        "@id": _urn(results, "run"),
        "@type": "osia:Run",
        "identifier": results["runId"],
        "title": f"Run of {results['tool']['name']} {results['tool']['version']}",
        "date": results["finished"] or results["started"],
        "description": " ".join(f"{reason}." for reason in results["reasons"]) or "The run is complete.",
        **{name: results[name] for name in ("verdict", "ending", "seed", "effort")},
    }


def _parties(results: Record) -> Iterator[dict[str, Any]]:
    tool, product = results["tool"], results["product"]
    yield {
        "@id": _suite(results),
        "@type": ["earl:Assertor", "earl:Software"],
        "title": tool["name"],
        "version": tool["version"],
        "description": f"Conformance test suite for the {STANDARD}",
    }
    more = [f"{name}: {product[name]}" for name in ("build", "environment") if product.get(name)]
    members = {
        "version": product.get("version"),
        "publisher": product.get("vendor"),
        "description": "; ".join(more),
    }
    yield {
        "@id": _urn(results, "subject"),
        "@type": ["earl:TestSubject", "earl:Software"],
        "title": product.get("name") or "product without a name",
        "identifier": results["target"]["url"],
        **{name: value for name, value in members.items() if value},
    }
    yield {
        "@id": _interface(results),
        "@type": "dcterms:Standard",
        "title": STANDARD,
        "version": results["interfaceVersion"],
    }


def _tests(results: Record) -> Iterator[dict[str, Any]]:
    for requirement in results["requirements"]:
        yield _criterion(requirement, results)
        yield _assertion(requirement, results)


def _criterion(requirement: Record, results: Record) -> dict[str, Any]:
    reasoning = {"description": requirement["derived"]} if requirement["derived"] else {}
    return {
        "@id": _requirement(requirement, results),
        "@type": ["earl:TestCriterion", "earl:TestRequirement"],
        "identifier": requirement["id"],
        "title": requirement["title"],
        "clause": requirement["clause"],
        "level": requirement["level"],
        "operation": requirement["operations"],
        "isPartOf": _interface(results),
        **reasoning,
    }


def _assertion(requirement: Record, results: Record) -> dict[str, Any]:
    return {
        "@id": _urn(results, "assertion", requirement["id"]),
        "@type": "earl:Assertion",
        "assertedBy": _suite(results),
        "subject": _urn(results, "subject"),
        "test": _requirement(requirement, results),
        "mode": "earl:automatic",
        "isPartOf": _urn(results, "run"),
        "result": _result(requirement, results),
    }


def _result(requirement: Record, results: Record) -> dict[str, Any]:
    evidence = sorted({name for check in requirement["checks"] for name in check["evidence"]})
    findings = [_finding(check) for check in requirement["checks"] if check["outcome"] != "passed"]
    members = {"info": findings, "evidence": evidence}
    return {
        "@id": _urn(results, "result", requirement["id"]),
        "@type": "earl:TestResult",
        "outcome": f"earl:{requirement['outcome']}",
        "date": results["finished"] or results["started"],
        "description": requirement["reason"] or f"{requirement['outcome']}: {requirement['title']}",
        **{name: values for name, values in members.items() if values},
    }


def _finding(check: Record) -> str:
    names = ("id", "outcome", "reason", "expected", "actual", "curl")
    return "\n".join(f"{name}: {clip(check[name], LIMIT)}" for name in names if check[name])


def _suite(results: Record) -> str:
    return _urn(results, "suite")


def _interface(results: Record) -> str:
    return f"urn:osia-conformance:interface:{results['interfaceVersion']}"


def _requirement(requirement: Record, results: Record) -> str:
    return f"urn:osia-conformance:requirement:{results['interfaceVersion']}:{requirement['id']}"


def _urn(results: Record, *parts: str) -> str:
    name = visible("\n".join(("osia-conformance/earl", results["runId"], *parts)))
    return f"urn:uuid:{uuid5(NAMESPACE_URL, name)}"


def _safe(value: Any) -> Any:
    """Return `value` with every text printable: an RDF literal holds no lone surrogate."""
    if isinstance(value, str):
        return visible(value)
    if isinstance(value, list):
        return [_safe(item) for item in value]
    return {key: _safe(item) for key, item in value.items()} if isinstance(value, dict) else value
