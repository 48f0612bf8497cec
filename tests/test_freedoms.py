"""Every server that only takes a freedom is left alone, and observed where a ruling says so."""

import importlib
import pkgutil

import pytest

from tests import freedoms
from tests.proofs import EVERY, spared
from tests.variant import VERSIONS, Freedom

ALL: list[Freedom] = [
    freedom
    for module in pkgutil.iter_modules(freedoms.__path__)
    for freedom in importlib.import_module(f"tests.freedoms.{module.name}").FREEDOMS
]
CASES = spared(ALL, every=EVERY)


@pytest.mark.parametrize(("freedom", "version"), CASES, ids=[f"{one.name}-{version}" for one, version in CASES])
def test_the_freedom_is_spared(freedom, version):
    freedom.prove(version)


def test_names_are_unique():
    assert len({freedom.name for freedom in ALL}) == len(ALL)


def test_each_version_has_freedoms():
    assert {version for freedom in ALL for version in freedom.applies()} == set(VERSIONS)
