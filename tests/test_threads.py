"""A part of the matrix in eight threads: each violation is found as in one, and each freedom is spared.

With `OSIA_VARIANT_WORKERS=8` the whole of it is judged so.
"""

from __future__ import annotations

import pytest

from tests import freedoms, violations
from tests.harness.freedom_groups import FreedomGroup, grouped
from tests.harness.proofs import Proof, listed, planned, spared
from tests.harness.variant import WORKERS, Freedom, Violation, ids

_VIOLATIONS: list[Violation] = listed(violations, "VIOLATIONS")
_FREEDOMS: list[Freedom] = listed(freedoms, "FREEDOMS")
_EVERY = 4
"""Of so many violations that meet the whole suite one is judged here."""

_BY_CHANCE = ("ENR-LIFE-03", "ENR-GENERATED-*")
"""What generated input and random sequences find: in threads calls of other checks come between."""
_COUNTED = ("ENR-SERVICE-01",)
"""What is judged with servers that are away for a number of calls: eight threads use them up at once."""


def _is_sure(proof: Proof) -> bool:
    return ids(proof.version, *proof.violation.expected).isdisjoint(ids(proof.version, *_BY_CHANCE, *_COUNTED))


_WHOLE = [proof for proof in planned(_VIOLATIONS, every=False) if proof.whole][::_EVERY]
PROOFS = [proof for proof in _WHOLE if _is_sure(proof)]
GROUPS: list[FreedomGroup] = grouped(spared(_FREEDOMS, every=False))[::20]


@pytest.fixture(autouse=True)
def _in_eight_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(WORKERS, "8")


@pytest.mark.parametrize("proof", PROOFS, ids=lambda proof: proof.label)
def test_a_violation_is_found_in_threads(proof):
    proof.prove()


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group.label)
def test_freedoms_are_spared_in_threads(group):
    group.prove()
