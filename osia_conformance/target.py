"""The target as checks see it: operations in, answers out, every exchange on the record."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from osia_conformance.exchange import Answer
from osia_conformance.expectations import CannotTell, Untested
from osia_conformance.guest import Guest
from osia_conformance.ids import IdFactory
from osia_conformance.journal import Journal, now
from osia_conformance.limits import Pace
from osia_conformance.operations import READING, Operation, by_code
from osia_conformance.references import Scrubber
from osia_conformance.streams import Body, Download, Upload
from osia_conformance.tokens import CannotIssue, Fault, Token, TokenSource
from osia_conformance.transport import NoAnswer, Unsendable, Wire, WireAnswer

Pairs = Sequence[tuple[str, str]]
Extras = tuple[Pairs, Pairs]
"""Headers and query parameters that the configuration adds to every call (a gateway's key, a tenant)."""

JSON = "application/json"
BINARY = "application/octet-stream"
_SILENT_TARGET = 5
"""After so many calls in a row without an answer the target counts as lost; no conforming server does that."""


@dataclass(slots=True)
class CheckLog:
    """What one running check has done: its evidence, in order, and how many calls it sent in all."""

    id: str
    operation: str
    exchanges: list[dict[str, Any]] = field(default_factory=list)
    sent: int = 0

    def recall(self, exchanges: Sequence[dict[str, Any]]) -> None:
        """Count exchanges of an earlier check as this one's evidence."""
        self.exchanges.extend(exchanges)
        self.sent += len(exchanges)


@dataclass(frozen=True, slots=True)
class Call:
    """One call of an operation. `token` None sends a valid token with just the operation's scope;
    `transaction` "" sends no transactionId at all; `body` None sends no body; `sink` takes
    the body of a 2xx answer, of which the journal then keeps size and SHA-256 alone, as of an Upload."""

    operation: Operation
    enrollment: str = ""
    buffer: str | None = None
    query: Pairs = ()
    body: Body | None = None
    sink: Download | None = None
    content_type: str | None = None
    headers: Pairs = ()
    token: Token | None = None
    fault: Fault | None = None
    transaction: bool = True
    raw_path: bool = False

    @property
    def path(self) -> str:
        """The path with its ids percent-encoded; `raw_path` takes the enrollment's id as it is."""
        one = self.enrollment if self.raw_path else quote(self.enrollment, safe="")
        path = self.operation.path.replace("{enrollmentId}", one)
        return path.replace("{bufferId}", quote(self.buffer or "", safe=""))


def json_body(value: Any) -> bytes:
    """Return a value as the JSON text that is sent: UTF-8, non-ASCII unescaped."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


class Target:
    """Sends calls and records them. One per process; safe for the threads of one check."""

    def __init__(
        self,
        wire: Wire,
        tokens: TokenSource,
        journal: Journal,
        scrubber: Scrubber,
        guest: Guest,
        transactions: IdFactory,
        pace: Pace,
        worker: str,
        version: str,
        extras: Callable[[], Extras] = lambda: ((), ()),
        *,
        read_only: bool = False,
    ) -> None:
        self.tokens = tokens
        self.guest = guest
        self.log = CheckLog("setup", "*")
        self.lost: str | None = None
        self._wire = wire
        self._journal = journal
        self._scrubber = scrubber
        self._transactions = transactions
        self._pace = pace
        self._worker = worker
        self._operations = by_code(version)
        self._extras = extras
        self._read_only = read_only
        self._count = 0
        self._silent = 0
        self._lock = threading.Lock()

    def call(self, code: str, **members: Any) -> Answer:
        """Send the operation with our code `code`; the other members are Call's."""
        return self.send(Call(self._operations[code], **members))

    def send(self, call: Call) -> Answer:
        """Send one call and return what came back. Raises CannotTell if no answer came (the reason says why),
        Untested for a call that would write where the run only reads."""
        if self._read_only and call.operation.code not in READING:
            raise Untested(f"this run only reads, and {call.operation.id} writes")
        if self.lost:
            raise Untested(f"the target was lost: {self.lost}")
        token = call.token or self._own_token(call.operation)
        more_headers, more_query = self._extras()
        query = [*call.query, *self._transaction(call), *more_query]
        headers = [*_headers(call, token), *more_headers]
        self._pace.wait()
        record = self._open(call, token, query, headers)
        try:
            wired = self._wire.send(
                call.operation.method, call.path, query=query, headers=headers, body=call.body, sink=call.sink
            )
        except NoAnswer as error:
            self._hash(record["request"], call.body)
            self._close(record, error=str(error))
            if not isinstance(error, Unsendable):
                self._silence(str(error))
            raise CannotTell(f"{call.operation.id} got no answer: {error}") from error
        self._silent = 0
        answer = self.guest.filter(_answer(call, record["id"], wired), buffer=call.buffer)
        self._hash(record["request"], call.body)
        self._close(record, answer=answer, sink=call.sink)
        return answer

    def _own_token(self, operation: Operation) -> Token:
        try:
            return self.tokens.valid(frozenset({operation.scope}))
        except CannotIssue as error:
            raise Untested(f"no token for {operation.scope}: {error}") from error

    def observe(self, ruling: str, text: str, answer: Answer | None = None) -> None:
        """Put something unusual but allowed on the record, under the ruling that allows it."""
        evidence = [answer.exchange] if answer else []
        operation = answer.operation if answer else self.log.operation
        self._journal.write(
            "observation",
            ruling=ruling,
            operation=operation,
            text=self._scrubber.shortened(text),
            evidence=evidence,
            check=self.log.id,
        )

    def _transaction(self, call: Call) -> list[tuple[str, str]]:
        return [("transactionId", self._transactions.next(self.log.id))] if call.transaction else []

    def _silence(self, reason: str) -> None:
        self._silent += 1
        if self._silent >= _SILENT_TARGET:
            self.lost = f"{self._silent} calls in a row got no answer, the last: {reason}"

    def _open(self, call: Call, token: Token, query: Pairs, headers: Pairs) -> dict[str, Any]:
        with self._lock:
            self._count += 1
            name = f"{self._worker}.{self._count}"
        scopes = sorted(token.scopes) if token.scopes is not None else sorted({call.operation.scope})
        return {
            "id": name,
            "check": self.log.id,
            "operation": call.operation.id,
            "started": now(),
            "elapsed": None,
            "scopes": scopes if token.value is not None else None,
            "fault": call.fault.value if call.fault else None,
            "request": {
                "method": call.operation.method,
                "url": self._scrubber.text(self._wire.url(call.path, query)),
                "headers": [[key, self._scrubber.text(value)] for key, value in headers],
                **self._stated(call.body or b""),
            },
            "response": None,
            "error": None,
            "withheld": 0,
        }

    def _stated(self, body: Body) -> dict[str, Any]:
        if isinstance(body, Upload):
            return {"size": body.size}
        return self._journal.body(self._scrubber.data(body))

    def _hash(self, request: dict[str, Any], body: Body | None) -> None:
        # Only now: it was hashed while it was sent.
        if isinstance(body, Upload):
            request["sha256"] = body.sha256

    def _close(
        self,
        record: dict[str, Any],
        *,
        answer: Answer | None = None,
        error: str | None = None,
        sink: Download | None = None,
    ) -> None:
        if answer is not None:
            record["elapsed"] = round(answer.elapsed, 6)
            record["withheld"] = answer.withheld
            record["response"] = {
                "status": answer.status,
                "headers": [[key, self._scrubber.text(value)] for key, value in answer.headers],
                "truncated": answer.truncated,
                **self._journal.body(self._scrubber.data(answer.body)),
            }
            if sink is not None and sink.size and not answer.body:
                record["response"] |= {"size": sink.size, "sha256": sink.sha256}
        record["error"] = self._scrubber.text(error) if error else None
        with self._lock:
            self._journal.write("exchange", **record)
            self.log.exchanges.append(record)
            self.log.sent += 1


def _headers(call: Call, token: Token) -> Iterable[tuple[str, str]]:
    if call.body is not None:
        yield "Content-Type", call.content_type or JSON
    if token.value is not None:
        yield "Authorization", f"Bearer {token.value}"
    yield from call.headers


def _answer(call: Call, exchange: str, wired: WireAnswer) -> Answer:
    return Answer(
        operation=call.operation.id,
        exchange=exchange,
        status=wired.status,
        headers=wired.headers,
        body=wired.body,
        elapsed=wired.elapsed,
        truncated=wired.truncated,
        documented=call.operation.success,
    )
