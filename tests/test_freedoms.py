"""Every server that only takes a freedom is left alone, and observed where a ruling says so."""

import importlib
import pkgutil

import pytest

from tests import freedoms
from tests.variant import Freedom

ALL: list[Freedom] = [
    freedom
    for module in pkgutil.iter_modules(freedoms.__path__)
    for freedom in importlib.import_module(f"tests.freedoms.{module.name}").FREEDOMS
]


@pytest.mark.parametrize("freedom", ALL, ids=lambda freedom: freedom.name)
def test_the_freedom_is_spared(freedom):
    freedom.prove()


def test_names_are_unique():
    assert len({freedom.name for freedom in ALL}) == len(ALL)
