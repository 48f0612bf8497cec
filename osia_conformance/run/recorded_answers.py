"""A transport that answers from a journal: what a target said in a run, to the same requests in the same order."""

from __future__ import annotations

import hashlib
import json
import threading
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import httpx

from osia_conformance.standard.operations import by_code
from osia_conformance.support.json_types import Record
from osia_conformance.target.outcome_errors import Untested
from osia_conformance.target.privacy import WITHHELD
from osia_conformance.verdict.journal import BODIES, body_of
from osia_conformance.wire.errors import NoAnswer

Question = tuple[str, str, str]
"""Method, path, and the SHA-256 of the body."""
Transaction = tuple[str, ...]

NOT_RECORDED = "its calls are not those that were recorded"
_NOT_KEPT = "the body of a recorded answer was not kept"
OTHER_BODY = (
    "it sends another body than the recorded one, as where keys, signatures or ciphertexts are those of the process "
    "that ran"
)


class RecordedAnswers(httpx.BaseTransport):
    """Answers each request with what the journal has for it; Untested for one that it does not have.

    Requests are told apart by method, path, body and transaction id, which follow from the run's id and its seed. So
    one whose body only the process that ran could make gets no answer: what was answered was another request.

    How often a check polls depends on time, and its transaction ids are counted. So one that is not recorded under
    its transaction id gets the next answer that its check got to the same request, and one that only reads the last
    one again.
    """

    def __init__(self, records: Sequence[Record], directory: Path) -> None:
        self.refusal: str | None = None
        self._check: str | None = None
        self._directory = directory
        self._lock = threading.Lock()
        self._left: dict[Question, list[Record]] = defaultdict(list)
        self._last: dict[tuple[str | None, Question], Record] = {}
        self._sent: set[tuple[str, str, Transaction]] = set()
        for record in records:
            if record["kind"] == "exchange":
                request = record["request"]
                path, transaction = _place(request["url"])
                self._left[request["method"], path, _digest(request)].append(record)
                self._sent.add((request["method"], path, transaction))

    def begin(self, check: str) -> None:
        """Begin a check, by its id. From now on `refusal` says why its first call without an answer got none."""
        self.refusal = None
        self._check = check

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Return the recorded answer to a request; raise NoAnswer where none came, Untested where it was not made."""
        try:
            return self._answer(request)
        except Untested as error:
            self.refusal = self.refusal or error.reason
            raise

    def _answer(self, request: httpx.Request) -> httpx.Response:
        if "sink" in request.extensions:
            raise Untested(NOT_RECORDED)
        record = self._take(request)
        response = record["response"]
        if response is None:
            raise NoAnswer(str(record["error"]), sent=True)
        # Bodies are recorded decoded.
        headers = [
            (name.encode("latin-1", "replace"), value.encode("latin-1", "replace"))
            for name, value in response["headers"]
            if name.lower() != "content-encoding"
        ]
        body = httpx.ByteStream(_with_withheld(self._body(response), record["withheld"]))
        return httpx.Response(response["status"], headers=headers, stream=body)

    def _body(self, response: Record) -> bytes:
        """Return the body of a recorded answer. Raises Untested where it was not kept whole, or cannot be read."""
        if response["truncated"] or ("sha256" in response and "bodyFile" not in response):
            raise Untested(_NOT_KEPT)
        try:
            return body_of(self._directory, dict(response)) if response["size"] else b""
        except (OSError, ValueError):
            raise Untested(_NOT_KEPT) from None

    def _take(self, request: httpx.Request) -> Record:
        path, transaction = _place(request.extensions["target"].decode("ascii"))
        question = request.method, path, _digest_of(request)
        with self._lock:
            found = self._next(question, transaction)
            if found is not None:
                self._left[question].remove(found)
                self._last[self._check, question] = found
                return found
            last = self._last.get((self._check, question))
        if last is not None and _only_reads(last):
            return last
        raise Untested(OTHER_BODY if (request.method, path, transaction) in self._sent else NOT_RECORDED)

    def _next(self, question: Question, transaction: Transaction) -> Record | None:
        """Return the recorded exchange that a request is, of those that were not taken yet; None if there is none."""
        left = self._left.get(question, [])
        exact = (record for record in left if _place(record["request"]["url"])[1] == transaction)
        of_check = (record for record in left if record["check"] == self._check)
        return next(exact, None) or next(of_check, None)


def _place(url: str) -> tuple[str, Transaction]:
    """Return the path of a URL, and the transaction ids in its query; what is no URL as a whole, and none."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url, ()
    pairs = parse_qsl(parts.query, keep_blank_values=True, errors="replace")
    return parts.path, tuple(value for name, value in pairs if name == "transactionId")


def _with_withheld(body: bytes, count: int) -> bytes:
    """Return a search's answer with as many records of others as were taken out of it before it was recorded."""
    try:
        found = json.loads(body) if count else None
    except (ValueError, RecursionError):
        return body
    return json.dumps([*found, *[{"enrollmentId": WITHHELD}] * count]).encode() if isinstance(found, list) else body


def _only_reads(record: Record) -> bool:
    return bool(record["request"]["method"] == "GET" or record["operation"] == by_code()["FIND"].id)


def _digest(recorded: Record) -> str:
    """Return the SHA-256 of a recorded body, "" where it cannot be told. Of an upload only that is recorded."""
    if "bodyFile" in recorded:
        return str(recorded["bodyFile"]).removeprefix(f"{BODIES}/")
    if "sha256" in recorded:
        return str(recorded["sha256"])
    try:
        return hashlib.sha256(body_of(Path(), dict(recorded))).hexdigest()
    except ValueError:
        return ""


def _digest_of(request: httpx.Request) -> str:
    assert isinstance(request.stream, httpx.SyncByteStream)
    whole = hashlib.sha256()
    for piece in request.stream:
        whole.update(piece)
    return whole.hexdigest()
