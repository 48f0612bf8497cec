"""Serving an ASGI application on a free port of this machine, by uvicorn."""

from __future__ import annotations

import contextlib
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn


@contextmanager
def listening() -> Iterator[socket.socket]:
    """Listen on a free port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        yield listener


def url_of(listener: socket.socket) -> str:
    """Return the URL of what is served there."""
    return f"http://127.0.0.1:{listener.getsockname()[1]}"


def quiet_server(app: Any, **settings: Any) -> uvicorn.Server:
    """Return a server of an application that says nothing; `settings` are further ones of uvicorn's."""
    quiet: dict[str, Any] = {"lifespan": "off", "ws": "none", "access_log": False, "log_level": "critical"}
    return uvicorn.Server(uvicorn.Config(app, **quiet, **settings))


def serve(app: Any, listener: socket.socket) -> None:
    """Serve an application in this process until a signal ends it."""
    # uvicorn raises the signal that ended it once more, when it has ended.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with contextlib.suppress(KeyboardInterrupt):
        quiet_server(app).run(sockets=[listener])
