"""A server of the project's own matrix on a free port, for other tools (argument: its name)."""

from __future__ import annotations

import contextlib
import signal
import socket
import sys
from typing import Any

import uvicorn

from benchmarks.common import VERSION
from tests import freedoms, violations
from tests.harness.proofs import listed
from tests.harness.variant import Variant


class Counting:
    """Answers as `app` does, and counts the calls."""

    def __init__(self, app: Any) -> None:
        self.app, self.calls = app, 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.calls += 1
        await self.app(scope, receive, send)


def variants() -> dict[str, Variant]:
    """Return every server of the matrix by its name, and the unchanged one as "reference"."""
    unchanged = Variant("reference", "Nothing is changed.")
    every: list[Variant] = [unchanged, *listed(violations, "VIOLATIONS"), *listed(freedoms, "FREEDOMS")]
    return {one.name: one for one in every if VERSION in one.applies()}


def main() -> None:
    # uvicorn raises the signal that ended it once more, when it has ended.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    app = Counting(variants()[sys.argv[1]].app(VERSION))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        config = uvicorn.Config(app, lifespan="off", ws="none", access_log=False, log_level="critical")
        print(f"on http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
        with contextlib.suppress(KeyboardInterrupt):
            uvicorn.Server(config).run(sockets=[listener])
    print(app.calls, flush=True)


if __name__ == "__main__":
    main()
