"""A signed report for each test."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.evidence import cases
from tests.unit.evidence.cases import Case


@pytest.fixture
def case(tmp_path: Path) -> Case:
    """A signed report, another one, and the keys."""
    return cases.prepared(tmp_path)
