"""Every server that only takes a freedom is left alone, and observed where a ruling says so."""

import pytest

from osia_reference.app import create_app
from tests import freedoms
from tests.freedoms.creating import DuplicateNotFound
from tests.harness.freedom_groups import SIZE, grouped
from tests.harness.judging import judge, reference
from tests.harness.proofs import EVERY, listed, spared
from tests.harness.variant import VERSIONS, Freedom

ALL: list[Freedom] = listed(freedoms, "FREEDOMS")
CASES = grouped(spared(ALL, every=EVERY), size=1 if EVERY else SIZE)


@pytest.mark.parametrize("group", CASES, ids=[group.label for group in CASES])
def test_the_freedoms_are_spared(group):
    group.prove()


def test_names_are_unique():
    assert len({freedom.name for freedom in ALL}) == len(ALL)


def test_each_version_has_freedoms():
    assert {version for freedom in ALL for version in freedom.applies()} == set(VERSIONS)


def test_osia_6_0_1_may_refuse_a_second_create_with_404():
    app = create_app(reference("1.2.1"), server=DuplicateNotFound)
    judged = judge(app, version="osia-6.0.1", arguments=("--osia-only=ENR-CREATE-04", "--osia-only=ENR-CREATE-05"))
    assert judged.outcomes("passed") == {"ENR-CREATE-04", "ENR-CREATE-05"}
    assert judged.results["interfaceVersion"] == "1.2.1+osia.6.0.1"
    assert "ENR-CREATE-19" not in {entry["id"] for entry in judged.results["requirements"]}
