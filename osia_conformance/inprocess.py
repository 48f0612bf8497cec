"""An ASGI application behind the client without a socket, in the calling thread."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import unquote

import httpx

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
AsgiApp = Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]]


class AsgiTransport(httpx.BaseTransport):
    """Drives an ASGI 3 application, each request to its end on an event loop of the calling thread.

    No lifespan is run. What the application raises before its answer is complete becomes httpx.ReadError, as
    a connection that breaks; at the request's read timeout httpx.ReadTimeout is raised. Not for use inside a
    running loop.
    """

    def __init__(self, app: AsgiApp) -> None:
        self._app = app
        self._local = threading.local()
        self._loops: list[asyncio.AbstractEventLoop] = []
        self._lock = threading.Lock()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Return the whole answer of the application to `request`, read."""
        body = request.read()
        conversation = _Conversation(body)
        seconds = request.extensions.get("timeout", {}).get("read")
        try:
            self._loop().run_until_complete(conversation.run(self._app, _scope(request), seconds))
        except TimeoutError:
            raise httpx.ReadTimeout("the application did not answer in time", request=request) from None
        if conversation.status is None or not conversation.complete:
            raise httpx.ReadError("the application gave no whole answer", request=request) from conversation.error
        content = b"" if request.method == "HEAD" else b"".join(conversation.parts)
        return httpx.Response(
            conversation.status,
            headers=conversation.headers,
            stream=httpx.ByteStream(content),
            request=request,
        )

    def close(self) -> None:
        """Cancel what the application left running and close every loop; no request may be under way."""
        with self._lock:
            loops, self._loops = self._loops, []
        self._local = threading.local()
        for loop in loops:
            try:
                loop.run_until_complete(_wind_down())
            finally:
                loop.close()

    def _loop(self) -> asyncio.AbstractEventLoop:
        loop: asyncio.AbstractEventLoop | None = getattr(self._local, "loop", None)
        if loop is None:
            loop = self._local.loop = asyncio.new_event_loop()
            with self._lock:
                self._loops.append(loop)
        return loop


class _Conversation:
    """The messages of one request and its answer."""

    def __init__(self, body: bytes) -> None:
        self.status: int | None = None
        self.headers: list[tuple[bytes, bytes]] = []
        self.parts: list[bytes] = []
        self.complete = False
        self.error: Exception | None = None
        self._body: bytes | None = body
        self._done = asyncio.Event()

    async def run(self, app: AsgiApp, scope: Message, seconds: float | None) -> None:
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
            self.headers = [(bytes(name).lower(), bytes(value)) for name, value in message.get("headers", ())]
        elif message["type"] == "http.response.body":
            self.parts.append(bytes(message.get("body", b"")))
            if not message.get("more_body", False):
                self.complete = True
                self._done.set()


def _scope(request: httpx.Request) -> Message:
    target: bytes = request.extensions.get("target", request.url.raw_path)
    path, _, query = target.partition(b"?")
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": request.url.scheme,
        "path": unquote(path.decode("ascii")),
        "raw_path": path,
        "query_string": query,
        "root_path": "",
        "headers": [(name.lower(), value) for name, value in request.headers.raw],
        "client": ("127.0.0.1", 0),
        "server": (request.url.host, request.url.port or (443 if request.url.scheme == "https" else 80)),
    }


async def _wind_down() -> None:
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await asyncio.get_running_loop().shutdown_asyncgens()
    await asyncio.get_running_loop().shutdown_default_executor()
