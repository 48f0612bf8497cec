"""Serving on a loopback port until a signal ends it."""

from __future__ import annotations

import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn

from osia_reference.app import create_app
from osia_reference.settings import ServerSettings

HOST = "127.0.0.1"
GRACE = 5
SIGNALS = (signal.SIGINT, signal.SIGTERM)


def say(line: str) -> None:
    """Print one line at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


class AnnouncingServer(uvicorn.Server):
    """Tells when it really listens."""

    def __init__(self, config: uvicorn.Config, announce: Callable[[], None]) -> None:
        super().__init__(config)
        self._announce = announce

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start listening, then announce it."""
        await super().startup(sockets)
        self._announce()


def serve(settings: ServerSettings, port: int = 0, announce: Callable[[str], None] = say) -> int:
    """Serve on 127.0.0.1 until SIGINT or SIGTERM, then return 0; port 0 takes a free one.

    `announce` gets one line with the address as soon as calls are answered.

    Raises:
        ValueError: the settings are bad.
        OSError: the port is taken, or a file cannot be opened.
    """
    app = create_app(settings)
    try:
        with socket.create_server((HOST, port)) as listener:
            # Connections inherit it. asyncio sets it only on sockets made with the protocol's number, which
            # these are not; without it an answer in two parts waits for the client's delayed acknowledgement.
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            address = f"http://{HOST}:{listener.getsockname()[1]}"
            line = f"Serving OSIA Enrollment {settings.interface_version} on {address}"
            config = uvicorn.Config(
                app,
                lifespan="off",
                ws="none",
                access_log=False,
                log_level="warning",
                timeout_graceful_shutdown=GRACE,
            )
            with _quiet_end():
                AnnouncingServer(config, lambda: announce(line)).run(sockets=[listener])
    finally:
        app.close()
    return 0


@contextmanager
def _quiet_end() -> Iterator[None]:
    # uvicorn raises the signal that stopped it once more for the handlers that stood before: they do nothing.
    before = {number: signal.signal(number, lambda *_: None) for number in SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
