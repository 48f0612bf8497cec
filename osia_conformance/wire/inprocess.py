"""An ASGI application behind the client without a socket, in the calling thread."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import unquote

from osia_conformance.wire.headers import Headers, header
from osia_conformance.wire.http1 import Call, WireAnswer
from osia_conformance.wire.limits import Undecodable, collect, pour
from osia_conformance.wire.network import NoAnswer
from osia_conformance.wire.status_codes import SUCCESSES

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
AsgiApp = Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]]


class AsgiTransport:
    """Drives an ASGI 3 application, each call to its end on an event loop of the calling thread.

    No lifespan is run. What the application raises before its answer is complete counts as a connection that
    breaks. Not for use inside a running loop.
    """

    retries = 0

    def __init__(self, app: AsgiApp) -> None:
        self._app = app
        self._local = threading.local()
        self._loops: list[asyncio.AbstractEventLoop] = []
        self._lock = threading.Lock()

    def exchange(self, call: Call) -> WireAnswer:
        """Return the whole answer of the application to `call`; raise NoAnswer."""
        conversation = _Conversation(call.body if isinstance(call.body, bytes) else b"".join(call.body))
        call.sent = True
        try:
            seconds = call.deadline.left()
            self._loop().run_until_complete(conversation.run(self._app, _scope(call), seconds))
            if conversation.status is None or not conversation.complete:
                raise NoAnswer("the server closed the connection", call.sent) from conversation.error
            parts = () if call.method == "HEAD" else conversation.parts
            _expect_length(conversation.headers, sum(map(len, parts)), call)
            coding = header(conversation.headers, "content-encoding") or ""
            if call.sink is not None and conversation.status in SUCCESSES:
                body, truncated = pour(parts, coding, call.sink), False
            else:
                body, truncated = collect(parts, coding, call.largest)
        except TimeoutError:
            raise NoAnswer(f"no answer within {call.deadline.seconds:g} s", call.sent) from None
        except Undecodable as error:
            raise NoAnswer(str(error), call.sent) from None
        return WireAnswer(conversation.status, conversation.headers, body, truncated, call.deadline.elapsed, "HTTP/1.1")

    def close(self) -> None:
        """Cancel what the application left running and close every loop; no call may be under way."""
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
        self.headers: Headers = ()
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
            pairs = message.get("headers", ())
            self.headers = tuple((name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in pairs)
        elif message["type"] == "http.response.body":
            self.parts.append(bytes(message.get("body", b"")))
            if not message.get("more_body", False):
                self.complete = True
                self._done.set()


def _expect_length(headers: Headers, came: int, call: Call) -> None:
    """Raise NoAnswer for a length that a server could not have sent."""
    stated = header(headers, "content-length")
    if stated is not None and call.method != "HEAD" and stated != str(came):
        words = f"the answer's length did not match its Content-Length: {came} bytes of {stated} came"
        raise NoAnswer(words, call.sent)


def _scope(call: Call) -> Message:
    path, _, query = call.target.partition(b"?")
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "method": call.method,
        "scheme": "http",
        "path": unquote(path.decode("ascii")),
        "raw_path": path,
        "query_string": query,
        "root_path": "",
        "headers": [(name.lower(), value) for name, value in call.headers],
        "client": ("127.0.0.1", 0),
        "server": ("127.0.0.1", 80),
    }


async def _wind_down() -> None:
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await asyncio.get_running_loop().shutdown_asyncgens()
    await asyncio.get_running_loop().shutdown_default_executor()
