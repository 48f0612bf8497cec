"""Exchanges as the journal has them: each call with its answer, secrets out, and the check that it is evidence of."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from osia_conformance.call import Call
from osia_conformance.exchange import Answer
from osia_conformance.journal import Journal, now
from osia_conformance.references import Scrubber
from osia_conformance.streams import Body, Download, Upload
from osia_conformance.tokens import Token

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

    def __init__(self, journal: Journal, scrubber: Scrubber, worker: str) -> None:
        self._journal = journal
        self._scrubber = scrubber
        self._worker = worker
        self._count = 0
        self._lock = threading.Lock()

    def open(self, call: Call, check: str, token: Token, url: str, headers: Pairs) -> dict[str, Any]:
        """Return the members of the journal's exchange line (docs/journal.md) for a call that is about to be sent."""
        with self._lock:
            self._count += 1
            name = f"{self._worker}.{self._count}"
        # One search for all of them; the token is among them.
        place, *values = self._scrubber.texts([url, *(value for _, value in headers)])
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
                "headers": [[name, value] for (name, _), value in zip(headers, values, strict=True)],
                **self._stated(call.body or b""),
            },
            "response": None,
            "error": None,
            "withheld": 0,
        }

    def unanswered(self, record: dict[str, Any], log: CheckLog, call: Call, error: str, retries: int) -> None:
        """Journal a call to which no answer came."""
        record["error"] = self._scrubber.text(error)
        self._close(record, log, call.body, retries)

    def answered(
        self, record: dict[str, Any], log: CheckLog, call: Call, answer: Answer, retries: int, sink: Download | None
    ) -> None:
        """Journal a call with its answer; of a body that went into a `sink`, size and hash."""
        values = self._scrubber.texts([value for _, value in answer.headers])
        record["elapsed"] = round(answer.elapsed, 6)
        record["withheld"] = answer.withheld
        record["response"] = {
            "status": answer.status,
            "headers": [[name, value] for (name, _), value in zip(answer.headers, values, strict=True)],
            "truncated": answer.truncated,
            **self._journal.body(self._scrubber.data(answer.body)),
        }
        if sink is not None and sink.size and not answer.body:
            record["response"] |= {"size": sink.size, "sha256": sink.sha256}
        self._close(record, log, call.body, retries)

    def stopped(self, cause: str, reason: str) -> None:
        """Journal why what is not judged yet will not be: `cause` is "max-time" or "lost"."""
        self._journal.write("stopped", cause=cause, reason=self._scrubber.shortened(reason), worker=self._worker)

    def observed(self, log: CheckLog, ruling: str, text: str, answer: Answer | None) -> None:
        """Journal something unusual but allowed, under the ruling that allows it."""
        self._journal.write(
            "observation",
            ruling=ruling,
            operation=answer.operation if answer else log.operation,
            text=self._scrubber.shortened(text),
            evidence=[answer.exchange] if answer else [],
            check=log.id,
        )

    def _stated(self, body: Body) -> dict[str, Any]:
        if isinstance(body, Upload):
            return {"size": body.size}
        return self._journal.body(self._scrubber.data(body))

    def _close(self, record: dict[str, Any], log: CheckLog, body: Body | None, retries: int) -> None:
        record["retries"] = retries
        if isinstance(body, Upload):
            # Only now: it was hashed while it was sent.
            record["request"]["sha256"] = body.sha256
        with self._lock:
            self._journal.write("exchange", **record)
            log.exchanges.append(record)
            log.sent += 1
