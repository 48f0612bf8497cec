"""Writes each request with its response into the journal, without secrets, as the evidence of a check."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from osia_conformance.auth import Token
from osia_conformance.support.clock import now
from osia_conformance.support.secrets import Redactor
from osia_conformance.target.request import Pairs, Request
from osia_conformance.target.response import Response
from osia_conformance.verdict.journal import Journal
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
        place, pairs = self._clean(url, headers)
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
                **self._body(request.body or b""),
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
        _, pairs = self._clean("", response.headers)
        record["elapsed"] = round(response.elapsed, 6)
        record["withheld"] = response.withheld
        record["response"] = {
            "status": response.status,
            "headers": pairs,
            "truncated": response.truncated,
            **self._journal.answer_body(self._redactor.data(response.body)),
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

    def _clean(self, url: str, headers: Pairs) -> tuple[str, list[list[str]]]:
        """Return a URL and headers, names and values, without secrets; one search for all of them."""
        place, *texts = self._redactor.texts([url, *(text for pair in headers for text in pair)])
        return place, [[name, value] for name, value in zip(texts[::2], texts[1::2], strict=True)]

    def _body(self, body: Body) -> dict[str, Any]:
        if isinstance(body, Upload):
            return {"size": body.size}
        return self._journal.body(self._redactor.data(body))

    def _write(self, record: ExchangeRecord, evidence: CheckEvidence, body: Body | None) -> None:
        if isinstance(body, Upload):
            # An upload is hashed while it is sent, so its hash is known only now.
            record["request"]["sha256"] = body.sha256
        with self._lock:
            self._journal.write("exchange", **record)
            evidence.exchanges.append(record)
            evidence.sent += 1
