"""Of several independent faults in one server none hides another: each shows itself, or is named as the same symptom.

`OSIA_PILES` says how many piles are drawn (`python -m tests.matrix --piles N`).
"""

import os

import pytest

from tests import violations
from tests.harness.piles import SIZES, drawn
from tests.harness.proofs import listed
from tests.harness.variant import Violation

ALL: list[Violation] = listed(violations, "VIOLATIONS")
PILES = [drawn(seed, ALL) for seed in range(int(os.environ.get("OSIA_PILES", "24")))]


@pytest.mark.parametrize("pile", PILES, ids=lambda pile: pile.label)
def test_no_fault_hides_another(pile):
    assert pile.hidden(pile.judge()) == {}


def test_a_pile_has_several_faults_and_is_the_same_each_time():
    assert {len(pile.faults) for pile in PILES} <= set(SIZES)
    assert drawn(0, ALL) == PILES[0]
