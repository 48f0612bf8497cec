"""The certificate as a document: cover, sections in their order, and what stands on every page."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from osia_conformance.reports.certificate import claims, explained, findings, method, registered, services, unjudged
from osia_conformance.reports.certificate.blocks import Cover, Document, Fact, Footer, Section
from osia_conformance.reports.certificate.implementation import implementation
from osia_conformance.reports.certificate.printable import exact, line
from osia_conformance.reports.certificate.run_facts import NOT_STATED, RunFacts, run_facts
from osia_conformance.reports.exchanges import Evidence, Record, gather
from osia_conformance.reports.moments import day

NOTICE = "Relates only to the item tested"


def document(
    results: Record, records: Sequence[Record], directory: Path, *, key: str | None = None, exchanges: bool = False
) -> Document:
    """Return the certificate of the run reported in `directory`.

    `key` is the id of the key that will sign the report, None to take it from the signature there, if there is
    one; `exchanges` adds an annex with the exchanges of all that failed.
    """
    facts = run_facts(results, records, directory, key)
    title = "Certificate of conformance" if claims.is_certificate(results, facts) else "Report of a conformance test"
    cover = _cover(title, results, facts)
    evidence = gather(records, directory)
    return Document(
        title=f"{title}: {method.product_name(results)}",
        author=line(facts.report.get("body")) or line(f"{results['tool']['name']} {results['tool']['version']}"),
        header=line(f"{title} · {method.product_name(results)}", 110),
        mark=claims.mark(results, facts),
        issued=(facts.issued.year, facts.issued.month, facts.issued.day),
        cover=cover,
        footer=_footer(results, facts),
        sections=(*_sections(results, evidence, facts), *(_annex(results, evidence) if exchanges else ())),
        end=f"End of the document for run {exact(results['runId'])}",
    )


def _sections(results: Record, evidence: Evidence, facts: RunFacts) -> tuple[Section, ...]:
    return (
        Section("Scope and item", method.scope(results)),
        Section("Results by service", services.by_service(results)),
        Section("Findings by cause", findings.findings(results, evidence)),
        Section("What was not judged, and why", unjudged.not_judged(results)),
        Section("Waivers", unjudged.waivers(results)),
        Section("Observations", unjudged.observations(results)),
        Section("Implementation statement", implementation(results, evidence)),
        Section("Method", method.method(results, facts)),
        Section("Decision rule", method.decision()),
        Section("Rulings used", registered.rulings(results)),
        Section("Requirements, clauses and outcomes", registered.requirements(results)),
        Section("Glossary", explained.glossary()),
        Section("How to verify this document", explained.verifying(facts)),
    )


def _annex(results: Record, evidence: Evidence) -> tuple[Section, ...]:
    return (Section("Annex: exchanges of what failed", findings.annex(results, evidence)),)


def _cover(title: str, results: Record, facts: RunFacts) -> Cover:
    verdict, tone = claims.verdict(results, facts)
    return Cover(
        title=title,
        subtitle=method.claim(results),
        verdict=verdict,
        tone=tone,
        statement=claims.statement(results, facts),
        claims=claims.limits(results, facts),
        facts=_cover_facts(results, facts),
        parties=_parties(facts),
        signatures=("Name and function", "Place and date of issue", "Signature"),
        code=_code(results, facts),
        code_words="QR code with the run, the SHA-256 of its journal and the fingerprint of the signing key",
    )


def _cover_facts(results: Record, facts: RunFacts) -> tuple[Fact, ...]:
    tested = day(facts.started)
    if facts.finished and day(facts.finished) != tested:
        tested = f"{tested} to {day(facts.finished)}"
    return (
        Fact("Item tested", method.product_name(results)),
        Fact("Address of the item", line(results["target"]["url"]), mono=True),
        Fact("Tested on", tested),
        Fact("Unique id", exact(results["runId"]), mono=True),
        Fact("MUST requirements", _counts(results["totals"]["must"])),
        Fact("Suite and effort", line(f"{results['tool']['name']} {results['tool']['version']}, {results['effort']}")),
    )


def _counts(musts: Record) -> str:
    open_ones = musts["cantTell"] + musts["untested"]
    return (
        f"{musts['passed']} passed, {musts['failed']} failed, {open_ones} not judged or not run, "
        f"{musts['inapplicable']} not applicable"
    )


def _parties(facts: RunFacts) -> tuple[Fact, ...]:
    names = {"body": "Tested by", "address": "Address", "customer": "Tested for", "authorised-by": "Authorised by"}
    return tuple(Fact(words, line(facts.report.get(name)) or NOT_STATED) for name, words in names.items())


def _footer(results: Record, facts: RunFacts) -> Footer:
    key = exact(facts.key) or "not signed"
    return Footer(exact(results["runId"]), facts.journal or "no journal", key, NOTICE)


def _code(results: Record, facts: RunFacts) -> str:
    """Return what the QR code holds."""
    key, run = exact(facts.key) or "none", exact(results["runId"])
    return "\n".join(("osia-conformance", f"run {run}", f"journal sha256:{facts.journal or 'none'}", f"key {key}"))
