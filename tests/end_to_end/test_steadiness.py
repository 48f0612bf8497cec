"""Whatever is drawn, a conforming server comes out conformant."""

from dataclasses import replace

import pytest

from tests.harness.judging import judge, settings


@pytest.mark.parametrize("seed", range(100, 105))
def test_the_reference_server_is_conformant_with_any_seed(seed):
    judged = judge(run=replace(settings(), seed=seed))
    assert judged.results["verdict"] == "conformant", judged.results["reasons"]
    assert judged.results["leftovers"] == []


def test_standard_effort_is_conformant_too():
    judged = judge(run=replace(settings(), effort="standard", seed=7))
    assert judged.results["verdict"] == "conformant", judged.results["reasons"]
