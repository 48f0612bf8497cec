"""A connection that is closed under a call says whether it had served another one before."""

from __future__ import annotations

import pytest

from osia_conformance.wire.errors import NoAnswer
from tests.unit.wire.raw_server import OK, Peer, Server, answers


def closes_after(replies: int) -> object:
    def script(peer: Peer) -> None:
        for _ in range(replies):
            peer.request()
            peer.send(OK)
        peer.request()

    return script


@pytest.mark.parametrize(("earlier", "reused"), [(0, False), (1, True), (2, True)])
def test_a_closed_connection_says_whether_it_was_used_before(earlier: int, reused: bool) -> None:
    with Server(closes_after(earlier), answers(OK)) as server, server.wire() as wire:  # type: ignore[arg-type]
        for _ in range(earlier):
            wire.send("POST", "/", body=b"{}")
        with pytest.raises(NoAnswer) as caught:
            wire.send("POST", "/", body=b"{}")
    assert (caught.value.sent, caught.value.reused) == (True, reused)


def test_after_a_few_cuts_each_request_has_a_fresh_connection() -> None:
    cut = [closes_after(1)] * 3
    with Server(*cut, *[closes_after(1)] * 4) as server, server.wire() as wire:  # type: ignore[arg-type]
        for _ in cut:
            assert wire.send("POST", "/", body=b"{}").status_code == 200
            with pytest.raises(NoAnswer):
                wire.send("POST", "/", body=b"{}")
        assert [wire.send("POST", "/", body=b"{}").status_code for _ in range(4)] == [200] * 4
