"""What a kind of run lets its holder claim, and what it does not: printed across the page."""

from __future__ import annotations

from collections.abc import Iterator

from osia_conformance.reports.certificate.blocks import Claim, Tone
from osia_conformance.reports.certificate.run_facts import RunFacts
from osia_conformance.reports.exchanges import Record

VERDICTS = {"conformant": "Conformant", "nonconformant": "Not conformant", "incomplete": "Incomplete"}
TONES: dict[str, Tone] = {"conformant": "good", "nonconformant": "bad", "incomplete": "open"}

DEMONSTRATION = Claim(
    "Demonstration",
    "The suite judged the reference server that comes with it. This document shows what a report looks like. It says "
    "nothing of any product, and nobody can claim conformance with it.",
)
SELECTION = Claim(
    "Selection",
    "Only a part of the checks was run. Single outcomes can be cited together with their requirement; neither "
    "conformance of the whole nor of a service can be claimed.",
)
INCOMPLETE = Claim(
    "Incomplete",
    "There is no verdict on conformance: something that decides it was not judged. Outcomes of single requirements "
    "can be cited; neither conformance nor its opposite can be claimed.",
)
QUICK = Claim(
    "Quick",
    "A first look: each requirement was tried with little generated input. A failure counts as it stands. A pass is "
    "weaker than one at the effort “thorough”, which an official certificate needs.",
)
PLAIN_HTTP = Claim(
    "Plain http",
    "The target was reached without TLS. Outcomes on the interface count. Nothing here shows that the item protects "
    "what it transports, and this document supports no statement on its security.",
)
NOT_SIGNED = Claim(
    "Not signed",
    "No key signed this document or the report that it was made from. A reader can compare it with the journal, whose "
    "digest stands on each page, and cannot tell who made either.",
)


def limits(results: Record, facts: RunFacts) -> tuple[Claim, ...]:
    """Return what limits the claims that can be made with this run, the weightiest first."""
    return tuple(_limits(results, facts))


def _limits(results: Record, facts: RunFacts) -> Iterator[Claim]:
    if facts.demonstration:
        yield DEMONSTRATION
    if results["selection"]:
        yield SELECTION
    if results["verdict"] == "incomplete":
        yield INCOMPLETE
    if results["effort"] == "quick":
        yield QUICK
    if results["target"]["url"].lower().startswith("http:"):
        yield PLAIN_HTTP
    if facts.key is None:
        yield NOT_SIGNED


def verdict(results: Record, facts: RunFacts) -> tuple[str, Tone]:
    """Return the verdict in words and its tone; a demonstration has no colour of a verdict."""
    words = VERDICTS[results["verdict"]]
    return (f"{words} (demonstration)", "muted") if facts.demonstration else (words, TONES[results["verdict"]])


def is_certificate(results: Record, facts: RunFacts) -> bool:
    """Return whether the document certifies conformance; otherwise it is a test report."""
    weak = facts.demonstration or results["selection"] or results["effort"] == "quick"
    return bool(results["verdict"] == "conformant" and not weak)


def mark(results: Record, facts: RunFacts) -> str:
    """Return the word behind the text of each page, "" where the document may be taken as it is.

    That no key signed it stands at the foot of each page.
    """
    claims = [claim for claim in limits(results, facts) if claim != NOT_SIGNED]
    return claims[0].name.upper() if claims else ""


def statement(results: Record, facts: RunFacts) -> str:
    """Return the verdict in one or two sentences."""
    musts = results["totals"]["must"]
    applying = sum(musts.values()) - musts["inapplicable"]
    open_ones = musts["cantTell"] + musts["untested"]
    if results["verdict"] == "conformant":
        return (
            f"The item tested fulfils all {applying} MUST requirements that apply to it. "
            f"{'It is the reference server of the suite.' if facts.demonstration else ''}"
        ).strip()
    if results["verdict"] == "nonconformant":
        rest = f" {_count(open_ones, 'requirement')} could not be judged." if open_ones else ""
        return f"{musts['failed']} of the {applying} MUST requirements that apply to the item tested failed.{rest}"
    return f"{open_ones} of the {applying} MUST requirements that apply were not judged; none of the others failed."


def _count(number: int, noun: str) -> str:
    return f"{number} {noun if number == 1 else f'{noun}s'}"
