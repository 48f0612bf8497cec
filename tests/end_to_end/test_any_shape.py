"""Whatever shape an answer has, a run ends with a verdict, and never as a fault of the suite.

`OSIA_SHAPES=all` judges a server for every place and shape of every operation's answer; without it, some that
`OSIA_SHAPES_SEED` draws.
"""

from __future__ import annotations

import os
import random

import pytest

from osia_conformance.standard.versions import judged
from tests.harness import reshaped
from tests.harness.judging import judge
from tests.harness.reshaped import Case

SEED = os.environ.get("OSIA_SHAPES_SEED", "1")
ENDS = (judged()[0], judged()[-1])


def drawn() -> list[tuple[str, Case]]:
    """Return the cases of this run with their versions: whole bodies more often than what is deep in them."""
    every = [(version, case) for version in ENDS for case in reshaped.cases(version)]
    if os.environ.get("OSIA_SHAPES") == "all":
        return every
    draws = random.Random(SEED)
    shallow = [one for one in every if len(one[1].place) < 2]
    return [*draws.sample(shallow, 3), draws.choice(every)]


def expect_no_fault(app, version):
    judged_run = judge(app, version=version)
    faults = [line for line in judged_run.records if "the suite failed" in (line.get("reason") or "")]
    assert faults == []
    assert judged_run.exit_code in (0, 1, 2)


@pytest.mark.parametrize(("version", "case"), drawn(), ids=lambda value: getattr(value, "label", value))
def test_one_place_that_always_has_another_shape_is_no_fault_of_the_suite(version, case):
    expect_no_fault(reshaped.in_one_place(case, version), version)


@pytest.mark.parametrize("version", ENDS)
def test_any_place_that_has_another_shape_now_and_then_is_no_fault_of_the_suite(version):
    expect_no_fault(reshaped.now_and_then(int(SEED), version), version)


def test_every_operation_with_a_body_is_reshaped():
    assert {case.operation for case in reshaped.cases(ENDS[0])} == {
        *("createEnrollment", "readEnrollment", "findEnrollments", "sendBuffer", "getBuffer"),
        reshaped.REFUSAL,
    }
