"""Every violating server is caught, for the rule that it breaks and for nothing else."""

from pathlib import Path

import pytest

from osia_conformance.support.paths import bundled
from tests import violations
from tests.harness.collected_suite import CollectedSuite
from tests.harness.proofs import EVERY, listed, planned
from tests.harness.variant import VERSIONS, Violation, active, ids

ALL: list[Violation] = listed(violations, "VIOLATIONS")
PROOFS = planned(ALL, every=EVERY)


@pytest.fixture(scope="module")
def collected_suite():
    suite = CollectedSuite()
    yield suite
    suite.close()


@pytest.mark.parametrize("proof", PROOFS, ids=lambda proof: proof.label)
def test_the_violation_is_caught_for_its_reason(collected_suite, proof):
    proof.prove(collected_suite.judge)


def test_names_are_unique():
    assert len({violation.name for violation in ALL}) == len(ALL)


@pytest.mark.parametrize("file", sorted(Path(*violations.__path__).glob("[!_]*.py")), ids=lambda file: file.stem)
def test_a_file_has_the_name_of_the_checks_that_tell(file):
    suites = {each.stem.removeprefix("test_") for each in bundled("suites").rglob("test_*.py")}
    assert any(file.stem == name or file.stem.startswith(f"{name}_") for name in suites)


@pytest.mark.parametrize("version", VERSIONS)
def test_every_active_requirement_has_a_violation(version):
    broken = (ids(version, *violation.expected) for violation in ALL if version in violation.applies())
    assert active(version) == frozenset().union(*broken)
