"""Violations of the schema of integrity blocks by answers (from 1.3.0)."""

from tests.violations.schema_answers import (
    ADDED,
    EVERYWHERE,
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
    Fact("integrity-type", "hashes are null", hashed(member("hash", None)), declared=WRONG),
    Fact("integrity-required", "integrity blocks have no alg", hashed(dropped("alg")), declared=WRONG),
    Fact("integrity-enum", "what is not signed is HASHED", hashed(member("type", "HASHED")), declared=WRONG),
    adds("integrity-format", "the reference of a signature is no URI", hashed(added("signatureRef", "none of them"))),
    adds("integrity-additionalproperties", "integrity blocks have a revision", hashed(added("revision", 1))),
    Fact(
        "integrity-additionalproperties-followref",
        "integrity blocks say followRef, which 1.3.1 has taken away",
        hashed(added("followRef", False)),
        where=EVERYWHERE,
        versions=">=1.3.1",
        breaks="INTEGRITY-ADDITIONALPROPERTIES",
        declared=ADDED,
    ),
)
VIOLATIONS = [broken(fact) for fact in FACTS]
