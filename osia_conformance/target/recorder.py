"""Writes each request with its response into the journal, without secrets, as the evidence of a check."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from osia_conformance.auth import Token
from osia_conformance.support.clock import now
from osia_conformance.support.secrets import Redactor
from osia_conformance.target.request import Request
from osia_conformance.target.response import Response
from osia_conformance.verdict.journal import INLINE_LIMIT, Journal
from osia_conformance.wire.client import Pairs
from osia_conformance.wire.streaming import Body, Upload

ExchangeRecord = dict[str, Any]
"""An exchange line of the journal (docs/journal.md)."""


@dataclass(slots=True)
class CheckEvidence:
    """What one running check did: its exchanges in order, and how many requests it sent in all.

    `requirement` is what it judges, "" for none; `missed` holds the lags that did not end though it waited in full.
    """

    id: str
    operation: str
    requirement: str = ""
    exchanges: list[ExchangeRecord] = field(default_factory=list)
    sent: int = 0
    missed: set[Any] = field(default_factory=set)

    def exchange(self, exchange_id: str) -> ExchangeRecord:
        """Return one of the exchanges by its id; raise LookupError if it is not among them."""
        for one in reversed(self.exchanges):
            if one["id"] == exchange_id:
                return one
        raise LookupError(f"{self.id} has no exchange {exchange_id}")

    def add(self, exchanges: Sequence[ExchangeRecord]) -> None:
        """Count exchanges of an earlier check as this one's."""
        self.exchanges.extend(exchanges)
        self.sent += len(exchanges)


class Recorder:
    """Writes the exchanges of one session into its journal. Safe for the threads of one check.

    `evidence` belongs to the check that runs now.
    """

    def __init__(self, journal: Journal, redactor: Redactor, worker: str) -> None:
        self.evidence = CheckEvidence("setup", "*")
        self._journal = journal
        self._redactor = redactor
        self._worker = worker
        self._count = 0
        self._lock = threading.Lock()

    def start(
        self, request: Request, evidence: CheckEvidence, token: Token, url: str, headers: Pairs
    ) -> ExchangeRecord:
        """Return the record of a request that is about to be sent."""
        with self._lock:
            self._count += 1
            name = f"{self._worker}.{self._count}"
        sent = b"" if isinstance(request.body, Upload) else request.body or b""
        place, pairs, kept = self._clean(url, headers, sent)
        scopes = sorted(token.scopes) if token.scopes is not None else sorted({request.operation.scope})
        return {
            "id": name,
            "check": evidence.id,
            "operation": request.operation.id,
            "started": now(),
            "elapsed": None,
            "scopes": scopes if token.value else None,
            "fault": request.fault.value if request.fault else None,
            "request": {
                "method": request.operation.method,
                "url": place,
                "headers": pairs,
                **({"size": request.body.size} if isinstance(request.body, Upload) else self._journal.body(kept)),
            },
            "response": None,
            "error": None,
            "withheld": 0,
        }

    def write_error(self, record: ExchangeRecord, evidence: CheckEvidence, request: Request, error: str) -> None:
        """Write the exchange of a request to which no response came."""
        record["error"] = self._redactor.shortened(error)
        self._write(record, evidence, request.body)

    def write_response(
        self, record: ExchangeRecord, evidence: CheckEvidence, request: Request, response: Response
    ) -> None:
        """Write the exchange of a request with its response; of a body that went into a sink, size and hash."""
        _, pairs, kept = self._clean("", response.headers, response.body)
        record["elapsed"] = round(response.elapsed, 6)
        record["withheld"] = response.withheld
        if response.unnamed:
            record["unnamed"] = response.unnamed
        record["response"] = {
            "status": response.status,
            "headers": pairs,
            "truncated": response.truncated,
            **self._journal.answer_body(kept),
        }
        sink = request.sink
        if sink is not None and sink.size and not response.body:
            record["response"] |= {"size": sink.size, "sha256": sink.sha256}
        self._write(record, evidence, request.body)

    def write_stop(self, cause: str, reason: str) -> None:
        """Write why nothing more is judged: `cause` is "max-time" or "lost"."""
        self._journal.write("stopped", cause=cause, reason=self._redactor.shortened(reason), worker=self._worker)

    def write_observation(self, ruling: str, text: str, response: Response | None) -> None:
        """Write something unusual but allowed, under the ruling that allows it."""
        self._journal.write(
            "observation",
            ruling=ruling,
            operation=response.operation if response else self.evidence.operation,
            text=self._redactor.shortened(text),
            evidence=[response.exchange] if response else [],
            check=self.evidence.id,
        )

    def beginning(self, body: bytes, most: int) -> bytes:
        """Return the first `most` bytes of a body of which no more is kept, secrets out before it is cut."""
        return self._redactor.beginning(body, most)

    def _clean(self, url: str, headers: Pairs, body: bytes) -> tuple[str, list[list[str]], bytes]:
        """Return a URL, headers as names and values, and a body without secrets; mostly by one search."""
        texts = [url, *(text for pair in headers for text in pair)]
        texts, body = self._searched_together(texts, body) or (self._redactor.texts(texts), self._redactor.data(body))
        place, *texts = texts
        return place, [[name, value] for name, value in zip(texts[::2], texts[1::2], strict=True)], body

    def _searched_together(self, texts: list[str], body: bytes) -> tuple[list[str], bytes] | None:
        """Return the texts and a body without secrets by one search; None where it cannot tell one from the other."""
        if len(body) > INLINE_LIMIT:
            return None
        # No escape that the search undoes goes over the end of a line, so it finds in each part what it would alone.
        head = "\n".join(texts).encode("utf-8", "surrogatepass")
        whole = head + b"\n" + body
        clean = self._redactor.data(whole)
        if clean is whole:
            return texts, body
        # Not so with texts of several lines, or where what looks like a secret took a line end with it.
        if head.count(b"\n") != len(texts) - 1 or clean.count(b"\n") != whole.count(b"\n"):
            return None
        *lines, rest = clean.split(b"\n", len(texts))
        return [line.decode("utf-8", "surrogatepass") for line in lines], rest

    def _write(self, record: ExchangeRecord, evidence: CheckEvidence, body: Body | None) -> None:
        if isinstance(body, Upload):
            # An upload is hashed while it is sent, so its hash is known only now.
            record["request"]["sha256"] = body.sha256
        with self._lock:
            self._journal.write("exchange", **record)
            evidence.exchanges.append(record)
            evidence.sent += 1
