"""A transport that answers from a journal: what a target said in a run, to the same requests in the same order."""

from __future__ import annotations

import hashlib
import json
import threading
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx

from osia_conformance.standard.operations import by_code
from osia_conformance.support.bounded_json import MOST_VALUES
from osia_conformance.support.json_types import Record
from osia_conformance.target.outcome_errors import Untested
from osia_conformance.target.privacy import WITHHELD
from osia_conformance.verdict.journal import BODIES, body_of
from osia_conformance.wire.errors import NoAnswer

Question = tuple[str, str, str]
"""Method, path, and the SHA-256 of the body."""
Transaction = tuple[str, ...]

_MOST_WITHHELD = MOST_VALUES // 2
"""Each record of an answer is an object in a list: a brace and a comma, as values are counted."""
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
        self._all_own = True
        self._questions: dict[str | None, set[Question]] = defaultdict(set)
        self._directory = directory
        self._lock = threading.Lock()
        self._left: dict[Question, list[Record]] = defaultdict(list)
        self._last: dict[tuple[str | None, Question], Record] = {}
        self._sent: set[tuple[str, str, Transaction]] = set()
        for record in records:
            if record["kind"] == "exchange":
                request = record["request"]
                path, transaction = _place(request["url"])
                question = request["method"], path, _digest(request)
                self._left[question].append(record)
                self._questions[record["check"]].add(question)
                self._sent.add((request["method"], path, transaction))

    def begin(self, check: str) -> None:
        """Begin a check, by its id. From now on `refusal` says why its first call without an answer got none."""
        self.refusal = None
        self._check = check
        self._all_own = True

    @property
    def as_recorded(self) -> bool:
        """Whether the check has sent what it sent in the run, and each call got its own recorded answer.

        It may have polled more often or less, for that depends on time, as long as no poll said anything else.
        """
        if self.refusal is not None or not self._all_own:
            return False
        return all(self._repeats(record, question) for question, record in self._unasked())

    @property
    def has_more(self) -> bool:
        """Whether the check sent something in the run that it has not sent by now; polls and deletions aside, which
        its end takes, too."""
        further = ((question, record) for question, record in self._unasked() if question[0] != "DELETE")
        return not all(self._repeats(record, question) for question, record in further)

    def _unasked(self) -> Iterator[tuple[Question, Record]]:
        """Yield what the check asked in the run and has not asked by now, with the exchange."""
        for question in self._questions[self._check]:
            yield from ((question, record) for record in self._left[question] if record["check"] == self._check)

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
        recorded = self._body(response)
        body = _with_withheld(recorded, record["withheld"], record.get("unnamed", 0))
        # Of a single record, what was taken out cannot be put back.
        self._all_own &= body is not recorded or not record["withheld"]
        return httpx.Response(response["status"], headers=headers, stream=httpx.ByteStream(body))

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
            self._all_own &= found is None or self._is_own(found, question, transaction)
            if found is not None:
                self._left[question].remove(found)
                self._last[self._check, question] = found
                return found
            last = self._last.get((self._check, question))
        if last is not None and _only_reads(last):
            return last
        raise Untested(OTHER_BODY if (request.method, path, transaction) in self._sent else NOT_RECORDED)

    def _is_own(self, record: Record, question: Question, transaction: Transaction) -> bool:
        """Return whether this is what the check was told: the same call, its first of the kind, or one more poll."""
        same = (
            _place(record["request"]["url"])[1] == transaction
            or (self._check, question) not in self._last
            or self._repeats(record, question)
        )
        return bool(record["check"] == self._check and same)

    def _repeats(self, record: Record, question: Question) -> bool:
        last = self._last.get((self._check, question))
        return last is not None and _said(last) == _said(record)

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


def _with_withheld(body: bytes, count: int, unnamed: int) -> bytes:
    """Return a search's answer with as many records of others as were taken out of it before it was recorded, so many
    of them without a name; no more than an answer can have that is read."""
    try:
        found = json.loads(body) if count else None
    except (ValueError, RecursionError):
        return body
    if not isinstance(found, list):
        return body
    number = int(min(count, _MOST_WITHHELD))
    nameless = int(min(unnamed, number))
    others = [*[{}] * nameless, *[{"enrollmentId": WITHHELD}] * (number - nameless)]
    return json.dumps([*found, *others]).encode()


def _said(record: Record) -> tuple[Any, ...]:
    """Return what of an answer judging rests on, other than headers, in which the time may stand."""
    response = {name: value for name, value in (record["response"] or {}).items() if name != "headers"}
    return response, record["error"], record["withheld"], record.get("unnamed", 0)


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
