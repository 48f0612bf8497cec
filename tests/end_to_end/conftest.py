"""A target that holds a call of a run, so that the run can be ended in its middle."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from osia_reference.app import Server, create_app
from tests.harness.judging import reference
from tests.harness.running import Gate, configured, hosted


@pytest.fixture
def app() -> Server:
    return create_app(reference())


@pytest.fixture
def gate(app: Server) -> Gate:
    """The target, which holds the first PATCH: an enrollment of the suite's is there then."""
    return Gate(app, "PATCH")


@pytest.fixture
def file(gate: Gate, app: Server, tmp_path: Path) -> Iterator[Path]:
    with hosted(gate) as url:
        yield configured(tmp_path, url)
