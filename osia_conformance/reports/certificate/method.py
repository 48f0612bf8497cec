"""Scope, item and parties; method, environment and decision rule."""

from __future__ import annotations

from collections.abc import Iterator

from osia_conformance.reports.certificate.blocks import Block, Bullets, Fact, Facts, Text
from osia_conformance.reports.certificate.printable import exact, line
from osia_conformance.reports.certificate.run_facts import NOT_STATED, RunFacts
from osia_conformance.reports.exchanges import Record
from osia_conformance.reports.moments import moment
from osia_conformance.standard.interface import RECOMMENDATION

EFFORTS = {
    "quick": "quick: the written checks, and little generated input",
    "standard": "standard: the written checks, and generated input",
    "thorough": "thorough: the written checks, and all the generated input that the suite knows",
}
JUDGED_BY = {
    "suite": "Code of the suite",
    "requirements.toml": "Register",
    "rulings.toml": "Rulings",
}
"""What a run is judged by; the document gives the SHA-256 of each."""
DECISION = (
    "The verdict is of the whole interface. It is “not conformant” if a MUST requirement failed.",
    "Otherwise it is “incomplete” if a MUST requirement could not be judged or did not run, if only a selection was "
    "run, or if the run did not finish.",
    "Otherwise it is “conformant”. A run that judged nothing is never conformant.",
    "SHOULD and MAY requirements are reported and decide nothing. Where several checks judge a requirement, the worst "
    "outcome counts. Waivers change neither an outcome nor the verdict.",
    "A requirement fails only for what a clause of the standard demands. Where the standard is silent, ambiguous or "
    "contradicts itself, the rulings in this document say what was taken for conformant.",
    "An outcome is what was seen in exchanged messages: yes or no. It has no measurement uncertainty, and none was "
    "allowed for in the decision.",
)


def claim(results: Record) -> str:
    """Return the claim that was judged, under the edition's names and the Recommendation's."""
    return f"{line(results['claim'])}; {RECOMMENDATION}"


def product_name(results: Record) -> str:
    """Return vendor, name and version of the item in one line."""
    names = (results["product"].get(key) for key in ("vendor", "name", "version"))
    return line(" ".join(name for name in names if name)) or "an item without a name"


def scope(results: Record) -> tuple[Block, ...]:
    """Return the item and what it was tested against."""
    product = results["product"]
    stated = [
        Fact(name.capitalize(), line(product.get(name)) or NOT_STATED)
        for name in ("vendor", "name", "version", "build", "environment")
    ]
    return (
        Text(
            "The item was tested in the role of a server against all operations of the interface. The test is a black "
            "box: the suite calls the interface as a client does and judges the answers. Clients, the inside of the "
            "item, its performance and its security beyond the requirements listed here are outside the scope."
        ),
        Facts(
            (
                Fact("Interface", claim(results)),
                Fact("Interface version", line(results["interfaceVersion"])),
                Fact("Role", "server"),
                *stated,
                Fact("Address of the item", line(results["target"]["url"]), mono=True),
            )
        ),
        Text(
            "The results relate only to the item tested, as it was when it was tested. This document is to be copied "
            "in full only. The item is as the vendor named it; the suite does not see what answers behind the "
            "address."
        ),
    )


def method(results: Record, facts: RunFacts) -> tuple[Block, ...]:
    """Return how the item was tested and by what."""
    return (
        Text(
            "The suite sends requests made from the OpenAPI file of the interface version and from the vendor's "
            "profile, records each exchange in a journal, and judges each requirement by the answers. Everything in "
            "this document derives from the journal. The same seed makes the same requests."
        ),
        Facts(tuple(_method(results, facts))),
    )


def decision() -> tuple[Block, ...]:
    """Return the decision rule in words."""
    return (Bullets(DECISION),)


def _method(results: Record, facts: RunFacts) -> Iterator[Fact]:
    tool, environment = results["tool"], results["environment"]
    yield Fact("Suite", line(f"{tool['name']} {tool['version']}"))
    for name, digest in facts.digests.items():
        yield Fact(f"{_judged_by(name)}, SHA-256", exact(digest), mono=True)
    if "spec" in results:
        yield Fact("Vendor's file, SHA-256", exact(results["spec"]["sha256"]), mono=True)
    yield Fact("Effort", EFFORTS[results["effort"]])
    yield Fact("Seed", str(results["seed"]), mono=True)
    yield Fact("Began", moment(facts.started))
    yield Fact("Ended", moment(facts.finished) if facts.finished else "it was cut off")
    yield Fact("Ending", line(results["ending"]))
    yield Fact("Exchanges", f"{results['exchanges']:,}, {_retries(results)}")
    workers = results["workers"]
    yield Fact("Side by side", "none" if workers == 1 else f"up to {workers}")
    python, platform = environment.get("python", "unknown"), environment.get("platform", "unknown")
    yield Fact("Environment", line(f"Python {python} on {platform}"))
    packages = environment.get("packages") or {}
    yield Fact("Packages", line(", ".join(f"{name} {version}" for name, version in packages.items()), 900))


def _judged_by(name: str) -> str:
    return JUDGED_BY.get(name) or ("OpenAPI file" if name.endswith(".yaml") else line(name, 40))


def _retries(results: Record) -> str:
    retries = results.get("retries") or {}
    again = retries.get("connections", 0) + retries.get("putOff", 0)
    return f"{again} of them sent again" if again else "none of them sent again"
