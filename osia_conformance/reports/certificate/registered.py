"""The rulings that were used, whole, and the list of all requirements with clause and outcome."""

from __future__ import annotations

from collections.abc import Sequence

from osia_conformance.reports.certificate.blocks import Block, Entries, Entry, Group, Groups, Line, Text
from osia_conformance.reports.certificate.printable import line
from osia_conformance.reports.certificate.services import OUTCOME_TONES, OUTCOME_WORDS, service_of
from osia_conformance.reports.clauses import clause_words
from osia_conformance.reports.exchanges import Record
from osia_conformance.standard.operations import Operation, operations

_RULING = 4_000  # characters of a ruling; the suite's own are far shorter


def rulings(results: Record) -> tuple[Block, ...]:
    """Return the rulings that requirements and observations of the run cite."""
    note = "Where the standard is silent, ambiguous or in conflict with itself, these rulings say how it was judged."
    entries = (Entry(line(one["title"]), line(one["id"]), line(one["text"], _RULING)) for one in results["rulings"])
    return (Text(note), Entries(tuple(entries)))


def requirements(results: Record) -> tuple[Block, ...]:
    """Return all requirements of the version: by service, then what concerns several."""
    version, every = results["interfaceVersion"], results["requirements"]
    groups = [_group(one, [e for e in every if service_of(e, version) == one]) for one in operations(version)]
    shared = [entry for entry in every if service_of(entry, version) is None]
    groups.append(Group("Several services", "", tuple(_line(entry, "") for entry in shared)))
    note = (
        "All are MUST requirements unless SHOULD or MAY is said. Clauses point into the OpenAPI file of the interface "
        "version; prose is the functional chapter of the edition."
    )
    return (Text(note), Groups(tuple(group for group in groups if group.lines)))


def _group(operation: Operation, entries: Sequence[Record]) -> Group:
    place = f"{operation.method} {operation.path}"
    return Group(operation.name, place, tuple(_line(entry, place) for entry in entries))


def _line(entry: Record, place: str) -> Line:
    outcome, level = entry["outcome"], entry["level"]
    prefix = "" if level == "MUST" else f"{level}; "
    clause = line(f"{prefix}{clause_words(entry['clause'], place)}", 120)
    return Line(OUTCOME_WORDS[outcome], OUTCOME_TONES[outcome], line(entry["id"]), clause)
