"""A transport that answers from a journal: what a target said in a run, to the same requests in the same order."""

from __future__ import annotations

import threading
from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx

from osia_conformance.target.outcome_errors import Untested
from osia_conformance.verdict.journal import body_of
from osia_conformance.wire.errors import NoAnswer

Record = Mapping[str, Any]
Key = tuple[str, str, tuple[str, ...]]

NOT_RECORDED = "its calls are not those that were recorded"


class RecordedAnswers(httpx.BaseTransport):
    """Answers each request with what the journal has for it; Untested for one that it does not have.

    Requests are told apart by method, path and transaction id, which follow from the run's id; where the same one was
    asked several times, the answers come in their order. One that only reads and is asked more often than it was, as
    polls may be, gets the last answer again.
    """

    def __init__(self, records: Sequence[Record], directory: Path) -> None:
        self._directory = directory
        self._lock = threading.Lock()
        self._left: dict[Key, deque[Record]] = defaultdict(deque)
        self._last: dict[tuple[str, str], Record] = {}
        for record in records:
            if record["kind"] == "exchange":
                request = record["request"]
                self._left[_key(request["method"], request["url"])].append(record)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Return the recorded answer to a request; raise NoAnswer where none came, Untested where it was not made."""
        if "sink" in request.extensions:
            raise Untested(NOT_RECORDED)
        record = self._take(request.method, request.extensions["target"].decode("ascii"))
        response = record["response"]
        if response is None:
            raise NoAnswer(str(record["error"]), sent=True)
        if response["truncated"] or ("sha256" in response and "bodyFile" not in response):
            raise Untested("the body of a recorded answer was not kept")
        # Bodies are recorded decoded.
        headers = [
            (name.encode("latin-1", "replace"), value.encode("latin-1", "replace"))
            for name, value in response["headers"]
            if name.lower() != "content-encoding"
        ]
        body = body_of(self._directory, response) if response["size"] else b""
        return httpx.Response(response["status"], headers=headers, stream=httpx.ByteStream(body))

    def _take(self, method: str, target: str) -> Record:
        key = _key(method, target)
        with self._lock:
            left = self._left.get(key)
            if left:
                self._last[key[:2]] = left.popleft()
            elif method != "GET" or key[:2] not in self._last:
                raise Untested(NOT_RECORDED)
            return self._last[key[:2]]


def _key(method: str, url: str) -> Key:
    parts = urlsplit(url)
    pairs = parse_qsl(parts.query, keep_blank_values=True, errors="replace")
    return method, parts.path, tuple(value for name, value in pairs if name == "transactionId")
