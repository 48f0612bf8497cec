"""The reference server behind a wire that is slow: each call waits before it is answered.

Arguments: seconds, and a database file (in memory without it). Buffers may be as large as the disk takes.
"""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from pathlib import Path
from typing import Any

import uvicorn

from benchmarks.common import KEY, VERSION
from osia_conformance.support.paths import bundled
from osia_reference.app import create_app
from osia_reference.settings import ServerSettings


class Delayed:
    """Answers as `app` does, `seconds` later."""

    def __init__(self, app: Any, seconds: float) -> None:
        self.app, self.seconds = app, seconds

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if self.seconds:
            await asyncio.sleep(self.seconds)
        await self.app(scope, receive, send)


def main() -> None:
    specification = bundled("specs") / "enrollment" / VERSION / "openapi.yaml"
    database = Path(sys.argv[2]) if sys.argv[2:] else None
    settings = ServerSettings(
        specification=specification, jwt_key=os.environ[KEY], database=database, largest_buffer=2**40
    )
    app = create_app(settings)
    with socket.create_server(("127.0.0.1", 0), backlog=128) as listener:
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        config = uvicorn.Config(
            Delayed(app, float(sys.argv[1])), lifespan="off", ws="none", access_log=False, log_level="error"
        )
        print(f"on http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
        uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    main()
