"""A session with a reference server of its own, for what it does to a target."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from osia_conformance.target.session import Session
from osia_reference.app import create_app
from tests.harness import lab
from tests.harness.judging import reference


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    app = create_app(reference())
    with lab.session(tmp_path, app) as opened:
        yield opened
    app.close()
