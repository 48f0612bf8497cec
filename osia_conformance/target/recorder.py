"""Exchanges as the journal has them: each call with its answer, secrets out, and the check that it is evidence of."""

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
from osia_conformance.verdict.journal import Journal
from osia_conformance.wire.streaming import Body, Download, Upload

Pairs = Sequence[tuple[str, str]]


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


class Recorder:
    """Puts the exchanges of one process on the record; safe for the threads of one check."""

    def __init__(self, journal: Journal, redactor: Redactor, worker: str) -> None:
        self._journal = journal
        self._redactor = redactor
        self._worker = worker
        self._count = 0
        self._lock = threading.Lock()

    def open(self, call: Request, check: str, token: Token, url: str, headers: Pairs) -> dict[str, Any]:
        """Return the members of the journal's exchange line (docs/journal.md) for a call that is about to be sent."""
        with self._lock:
            self._count += 1
            name = f"{self._worker}.{self._count}"
        place, pairs = self._clean(url, headers)
        scopes = sorted(token.scopes) if token.scopes is not None else sorted({call.operation.scope})
        return {
            "id": name,
            "check": check,
            "operation": call.operation.id,
            "started": now(),
            "elapsed": None,
            "scopes": scopes if token.value is not None else None,
            "fault": call.fault.value if call.fault else None,
            "request": {
                "method": call.operation.method,
                "url": place,
                "headers": pairs,
                **self._stated(call.body or b""),
            },
            "response": None,
            "error": None,
            "withheld": 0,
        }

    def unanswered(self, record: dict[str, Any], log: CheckLog, call: Request, error: str, retries: int) -> None:
        """Journal a call to which no answer came."""
        record["error"] = self._redactor.shortened(error)
        self._close(record, log, call.body, retries)

    def answered(
        self,
        record: dict[str, Any],
        log: CheckLog,
        call: Request,
        response: Response,
        retries: int,
        sink: Download | None,
    ) -> None:
        """Journal a call with its answer; of a body that went into a `sink`, size and hash."""
        _, pairs = self._clean("", response.headers)
        record["elapsed"] = round(response.elapsed, 6)
        record["withheld"] = response.withheld
        record["response"] = {
            "status": response.status,
            "headers": pairs,
            "truncated": response.truncated,
            **self._journal.answer_body(self._redactor.data(response.body)),
        }
        if sink is not None and sink.size and not response.body:
            record["response"] |= {"size": sink.size, "sha256": sink.sha256}
        self._close(record, log, call.body, retries)

    def stopped(self, cause: str, reason: str) -> None:
        """Journal why what is not judged yet will not be: `cause` is "max-time" or "lost"."""
        self._journal.write("stopped", cause=cause, reason=self._redactor.shortened(reason), worker=self._worker)

    def observed(self, log: CheckLog, ruling: str, text: str, response: Response | None) -> None:
        """Journal something unusual but allowed, under the ruling that allows it."""
        self._journal.write(
            "observation",
            ruling=ruling,
            operation=response.operation if response else log.operation,
            text=self._redactor.shortened(text),
            evidence=[response.exchange] if response else [],
            check=log.id,
        )

    def beginning(self, body: bytes, most: int) -> bytes:
        """Return the first `most` bytes of a body of which no more is kept, secrets out before it is cut."""
        return self._redactor.beginning(body, most)

    def _clean(self, url: str, headers: Pairs) -> tuple[str, list[list[str]]]:
        """Return a URL and headers, names and values, without secrets; one search for all of them."""
        place, *texts = self._redactor.texts([url, *(text for pair in headers for text in pair)])
        return place, [[name, value] for name, value in zip(texts[::2], texts[1::2], strict=True)]

    def _stated(self, body: Body) -> dict[str, Any]:
        if isinstance(body, Upload):
            return {"size": body.size}
        return self._journal.body(self._redactor.data(body))

    def _close(self, record: dict[str, Any], log: CheckLog, body: Body | None, retries: int) -> None:
        record["retries"] = retries
        if isinstance(body, Upload):
            # Only now: it was hashed while it was sent.
            record["request"]["sha256"] = body.sha256
        with self._lock:
            self._journal.write("exchange", **record)
            log.exchanges.append(record)
            log.sent += 1
