from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.unit.auth.endpoint import Endpoint, serving


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    yield from serving(Endpoint())
