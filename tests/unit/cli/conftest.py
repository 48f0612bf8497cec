"""A signed report for each test, in a working directory and an environment that say nothing."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.unit.evidence import cases
from tests.unit.evidence.cases import Case


@pytest.fixture
def case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Case:
    for name in [name for name in os.environ if name.startswith("OSIA_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return cases.prepared(tmp_path)
