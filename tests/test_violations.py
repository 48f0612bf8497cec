"""Every violating server is caught, for the rule that it breaks and for nothing else."""

import pytest

from tests import violations
from tests.harness.proofs import EVERY, listed, planned
from tests.harness.variant import VERSIONS, Violation, active, ids

ALL: list[Violation] = listed(violations, "VIOLATIONS")
PROOFS = planned(ALL, every=EVERY)


@pytest.mark.parametrize("proof", PROOFS, ids=lambda proof: proof.label)
def test_the_violation_is_caught_for_its_reason(proof):
    proof.prove()


def test_names_are_unique():
    assert len({violation.name for violation in ALL}) == len(ALL)


@pytest.mark.parametrize("version", VERSIONS)
def test_every_active_requirement_has_a_violation(version):
    broken = (ids(version, *violation.expected) for violation in ALL if version in violation.applies())
    assert active(version) == frozenset().union(*broken)
