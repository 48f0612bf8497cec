"""Violations of the schema of encryption blocks by answers (from 1.3.0)."""

from tests.violations.schema_answers import (
    FOUND,
    Change,
    Fact,
    added,
    adds,
    biometrics,
    broken,
    dropped,
    member,
)
from tests.violations.schema_answers import within as in_group

WRONG = (*FOUND, "ENR-INTEGRITY-05")
"""Consequences of a block that a search answers otherwise than it was sent."""


def hashed(change: Change) -> Change:
    return in_group("integrity", change)


def encrypted(change: Change) -> Change:
    return biometrics(in_group("encryption", change))


FACTS = (
    Fact("encryption-type", "the scope of an encryption is a list", encrypted(member("scope", ["image"]))),
    Fact("encryption-required", "encryption blocks have no scope", encrypted(dropped("scope"))),
    Fact("encryption-enum", "encryption is AES", encrypted(member("type", "AES"))),
    adds("encryption-additionalproperties", "encryption blocks have a revision", encrypted(added("revision", 1))),
)
VIOLATIONS = [broken(fact) for fact in FACTS]
