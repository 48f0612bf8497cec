"""Several embedded servers in one process."""

from __future__ import annotations

import os

from osia_conformance.target.embedded_server import KEY, EmbeddedServer


def test_embedded_servers_share_a_key_until_the_last_one_stops() -> None:
    first, second = EmbeddedServer("1.0.0"), EmbeddedServer("1.2.1")
    try:
        key = os.environ[KEY]
        assert first.url != second.url
        for _ in range(2):
            first.stop()
        assert os.environ[KEY] == key
    finally:
        first.stop()
        second.stop()
    assert KEY not in os.environ
