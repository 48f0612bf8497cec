"""The interface's name is the one that a claim of conformance uses."""

from __future__ import annotations

import pytest

from osia_conformance.standard.interface import NAME
from osia_conformance.standard.versions import claim_text
from tests.harness.interface_versions import JUDGED


@pytest.mark.parametrize("version", JUDGED)
def test_a_claim_names_the_interface(version: str) -> None:
    assert f" - {NAME} Services v. {version}" in claim_text(version)
