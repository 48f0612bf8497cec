"""Violations by names of members that are kept otherwise than they were sent."""

from collections.abc import Callable

from osia_reference.store import Record
from tests.harness.records import biographics
from tests.violations.create_values import DOCUMENTED, stored, storing


def renamed(record: Record, change: Callable[[str], str]) -> Record:
    """Return a record with the names of its biographic members changed."""
    kept = {change(name): value for name, value in biographics(record).items()}
    return {**record, "biographicData": kept} if kept else record


def unknown_in_capitals(record: Record) -> Record:
    """Return a record with the texts of biographic members that the server does not know in capitals."""
    known = DOCUMENTED["biographicData"]
    kept = {
        name: value.upper() if isinstance(value, str) and name not in known else value
        for name, value in biographics(record).items()
    }
    return {**record, "biographicData": kept} if kept else record


VIOLATIONS = [
    stored(
        "unknown-members-in-capitals",
        "Texts of biographic members that the server does not know are stored in capitals.",
        storing(unknown_in_capitals),
        "ENR-CREATE-11",
        declared=("ENR-CREATE-12", "ENR-CREATE-13", "ENR-PATCH-*"),
    ),
    stored(
        "names-split-at-dots",
        "A name with dots is taken for a path.",
        storing(lambda record: renamed(record, lambda name: name.partition(".")[0])),
        "ENR-CREATE-11",
        declared=("ENR-CREATE-13", "ENR-PATCH-01"),
        versions="<1.3.0",
    ),
    stored(
        "names-with-other-dots",
        "Dots in names become underscores.",
        storing(lambda record: renamed(record, lambda name: name.replace(".", "_"))),
        "ENR-CREATE-11",
        declared=("ENR-CREATE-13", "ENR-PATCH-01"),
        versions="<1.3.0",
    ),
]
