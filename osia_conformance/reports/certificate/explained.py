"""The glossary, and how a reader verifies the document."""

from __future__ import annotations

from osia_conformance.reports.certificate.blocks import Block, Bullets, Fact, Facts, Text
from osia_conformance.reports.certificate.run_facts import RunFacts

GLOSSARY = (
    Fact("MUST", "A requirement that decides the verdict."),
    Fact("SHOULD, MAY", "A recommendation and a permission; both are reported and decide nothing."),
    Fact("passed", "The requirement was tried, and the item does what it says."),
    Fact("failed", "The requirement was tried, and an answer contradicts it."),
    Fact("not judged", "The checks ran, and what they saw decides nothing; in reports for machines: cantTell."),
    Fact("not run", "No check of it ran, or this configuration cannot produce its case; for machines: untested."),
    Fact("not applicable", "It is not of this version or profile, or it is disputed; the reason is given."),
    Fact("requirement", "One sentence that follows from a clause of the standard, with an id that is never reused."),
    Fact("check, case", "A program that judges a requirement, and one input that it is tried with."),
    Fact("exchange", "One request and its answer, recorded in the journal under an id."),
    Fact("decisive exchange", "The one whose answer shows that a requirement failed."),
    Fact("cause", "What several findings seem to come from; it orders them and decides nothing."),
    Fact("ruling", "How the suite judges where the standard is silent, ambiguous or in conflict with itself."),
    Fact("observation", "Something unusual that breaks no requirement."),
    Fact("waiver", "A finding that somebody answers for until a day."),
    Fact("profile", "What the vendor says that the item accepts where the standard leaves it free."),
    Fact("effort, seed", "How much is generated, and the number that makes a run send the same requests again."),
    Fact("journal", "The file that a run writes line by line: all exchanges and outcomes. All else derives from it."),
    Fact("digest", "SHA-256 of a file, in hexadecimal: another content has another digest."),
    Fact("fingerprint", "The id of a signing key: a SHA-256 over the public key."),
)


def glossary() -> tuple[Block, ...]:
    """Return what the words of the document mean."""
    return (Facts(GLOSSARY),)


def verifying(facts: RunFacts) -> tuple[Block, ...]:
    """Return how a reader finds out whether the document is what its run produced."""
    steps = (
        "Obtain the report directory that this document comes from: journal.jsonl, bodies/, results.json and, where "
        "it is signed, report.intoto.jsonl.",
        "Compare the SHA-256 of journal.jsonl with the digest at the foot of each page, for instance with “sha256sum "
        "journal.jsonl”.",
        "Obtain the public key from the body that signs, by a way of its own, and compare its fingerprint with the "
        "one at the foot of each page.",
        "Run “osia-conformance verify DIR --key KEY.pub”: it checks the signature and every file, and derives "
        "outcomes and verdict from the journal anew. Without Python, drop directory and key into the offline page "
        "verify.html; that page checks signature and files and does not derive anew.",
        "Run “osia-conformance report DIR --format pdf”: it writes this document again. The same release of the PDF "
        "library writes the same bytes.",
    )
    unsigned = "This report is not signed: leave out step 3, and the check of the signature in step 4."
    return (Bullets(steps, ordered=True), *(() if facts.key else (Text(unsigned, "open"),)))
