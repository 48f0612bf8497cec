"""docs/security.md names for each attack the test that tries it."""

from __future__ import annotations

import re

import pytest

from tests.harness.running import ROOT

ROW = re.compile(r"^\| (?P<attack>.+) \| `(?P<file>[a-z_/]+\.py)` \| `(?P<test>test_\w+)` \|$", re.MULTILINE)
ROWS = [match.groups() for match in ROW.finditer((ROOT / "docs" / "security.md").read_text("utf-8"))]


def test_each_attack_stands_there_once() -> None:
    attacks, _, tests = zip(*ROWS, strict=True)
    assert len(set(attacks)) == len(attacks) > 50
    assert len(set(tests)) == len(tests)


@pytest.mark.parametrize(("attack", "file", "test"), ROWS, ids=[row[2] for row in ROWS])
def test_the_test_of_an_attack_is_there(attack: str, file: str, test: str) -> None:
    assert re.search(rf"^ *def {test}\(", (ROOT / "tests" / file).read_text("utf-8"), re.MULTILINE), attack
