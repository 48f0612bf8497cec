"""An ASGI application behind the suite's client without a socket, in the calling thread.

httpx's own ASGITransport runs on an event loop of its caller, knows no raw request targets (it decodes "/a%2Fb/../c"
as httpx.URL does) and takes an error of the application for one of the caller.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import unquote

import httpx

from osia_conformance.wire.errors import NoAnswer

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
AsgiApp = Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

TIMEOUT = 60.0
"""Seconds of a request that says nothing of its deadline."""


class AsgiTransport(httpx.BaseTransport):
    """Drives an ASGI 3 application, each request to its end on an event loop of the calling thread.

    No lifespan is run. What the application raises before its response is complete counts as a connection that
    breaks. Not for use inside a running loop.
    """

    def __init__(self, app: AsgiApp) -> None:
        self._app = app
        self._local = threading.local()
        self._loops: list[asyncio.AbstractEventLoop] = []
        self._lock = threading.Lock()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Return the whole response of the application to `request`; raise NoAnswer."""
        seconds = request.extensions.get("deadline", TIMEOUT)
        exchange = _Exchange(request.read())
        try:
            self._loop().run_until_complete(exchange.run(self._app, _scope(request), seconds))
        except TimeoutError:
            raise NoAnswer(f"no answer within {seconds:g} s", sent=True) from None
        if exchange.status is None or not exchange.complete:
            raise NoAnswer("the server closed the connection", sent=True) from exchange.error
        body = b"" if request.method == "HEAD" else b"".join(exchange.parts)
        _expect_length(exchange.headers, len(body), request.method)
        return httpx.Response(exchange.status, headers=exchange.headers, stream=httpx.ByteStream(body))

    def close(self) -> None:
        """Cancel what the application left running and close every loop; no request may be under way."""
        with self._lock:
            loops, self._loops = self._loops, []
        self._local = threading.local()
        for loop in loops:
            try:
                loop.run_until_complete(_cancel_tasks())
            finally:
                loop.close()

    def _loop(self) -> asyncio.AbstractEventLoop:
        loop: asyncio.AbstractEventLoop | None = getattr(self._local, "loop", None)
        if loop is None:
            loop = self._local.loop = asyncio.new_event_loop()
            with self._lock:
                self._loops.append(loop)
        return loop


class _Exchange:
    """The messages of one request and its response."""

    def __init__(self, body: bytes) -> None:
        self.status: int | None = None
        self.headers: Headers = []
        self.parts: list[bytes] = []
        self.complete = False
        self.error: Exception | None = None
        self._body: bytes | None = body
        self._done = asyncio.Event()

    async def run(self, app: AsgiApp, scope: Message, seconds: float) -> None:
        async with asyncio.timeout(seconds) as limit:
            try:
                await app(scope, self._receive, self._send)
            except Exception as error:
                self.error = error
        if limit.expired():
            raise TimeoutError

    async def _receive(self) -> Message:
        if self._body is not None:
            body, self._body = self._body, None
            return {"type": "http.request", "body": body, "more_body": False}
        await self._done.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = [(name.lower(), value) for name, value in message.get("headers", ())]
        elif message["type"] == "http.response.body":
            self.parts.append(bytes(message.get("body", b"")))
            if not message.get("more_body", False):
                self.complete = True
                self._done.set()


def _expect_length(headers: Headers, came: int, method: str) -> None:
    """Raise NoAnswer for a length that a server could not have sent."""
    stated = next((value.decode("latin-1") for name, value in headers if name == b"content-length"), None)
    if stated is not None and method != "HEAD" and stated != str(came):
        words = f"the answer's length did not match its Content-Length: {came} bytes of {stated} came"
        raise NoAnswer(words, sent=True)


def target_of(request: httpx.Request) -> str:
    """Return path and query of a request as they are sent."""
    target: bytes = request.extensions.get("target") or request.url.raw_path
    return target.decode("ascii")


def _scope(request: httpx.Request) -> Message:
    path, _, query = target_of(request).partition("?")
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": "http",
        "path": unquote(path),
        "raw_path": path.encode("ascii"),
        "query_string": query.encode("ascii"),
        "root_path": "",
        "headers": [(name.lower(), value) for name, value in request.headers.raw],
        "client": ("127.0.0.1", 0),
        "server": ("127.0.0.1", 80),
    }


async def _cancel_tasks() -> None:
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await asyncio.get_running_loop().shutdown_asyncgens()
    await asyncio.get_running_loop().shutdown_default_executor()
