"""A transport that answers from a journal: what a target said in a run, to the same requests in the same order."""

from __future__ import annotations

import threading
from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from osia_conformance.target.outcome_errors import Untested
from osia_conformance.verdict.journal import body_of
from osia_conformance.wire.network import NoAnswer
from osia_conformance.wire.transport import WireAnswer

if TYPE_CHECKING:
    from osia_conformance.wire.http1 import Call

Record = Mapping[str, Any]
Key = tuple[str, str, tuple[str, ...]]

NOT_RECORDED = "its calls are not those that were recorded"


class RecordedAnswers:
    """Answers each request with what the journal has for it; Untested for one that it does not have.

    Requests are told apart by method, path and transaction id, which follow from the run's id; where the same one was
    asked several times, the answers come in their order. One that only reads and is asked more often than it was, as
    polls may be, gets the last answer again.
    """

    retries = 0

    def __init__(self, records: Sequence[Record], directory: Path) -> None:
        self._directory = directory
        self._lock = threading.Lock()
        self._left: dict[Key, deque[Record]] = defaultdict(deque)
        self._last: dict[tuple[str, str], Record] = {}
        for record in records:
            if record["kind"] == "exchange":
                request = record["request"]
                self._left[_key(request["method"], request["url"])].append(record)

    def exchange(self, call: Call) -> WireAnswer:
        """Return the recorded answer to a call; raise NoAnswer where none came, Untested where it was not made."""
        if not isinstance(call.body, bytes) or call.sink is not None:
            raise Untested(NOT_RECORDED)
        record = self._take(call.method, call.target.decode("ascii"))
        response = record["response"]
        call.sent = True
        if response is None:
            raise NoAnswer(str(record["error"]), sent=True)
        if "sha256" in response and "body" not in response and "bodyFile" not in response:
            raise Untested("the body of a recorded answer was not kept")
        headers = tuple((name, value) for name, value in response["headers"])
        body = body_of(self._directory, response) if response["size"] else b""
        return WireAnswer(
            response["status"], headers, body, response["truncated"], record["elapsed"] or 0.0, "HTTP/1.1"
        )

    def close(self) -> None:
        """Do nothing: there is no connection."""

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
