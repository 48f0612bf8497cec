"""The target as checks see it: operations in, answers out, every exchange on the record."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from typing import Any

from osia_conformance.auth import CannotIssue, Token, TokenSource
from osia_conformance.standard.operations import READING, Operation, by_code
from osia_conformance.support.ids import IdFactory
from osia_conformance.support.polling import eventually, wait
from osia_conformance.support.secrets import Redactor
from osia_conformance.target.availability import Availability
from osia_conformance.target.outcome_errors import CannotTell, FailedStart, Unjudged, Untested
from osia_conformance.target.privacy import ForeignRecordFilter
from osia_conformance.target.recorder import CheckLog, Recorder
from osia_conformance.target.request import BINARY, JSON, Request, json_body
from osia_conformance.target.response import Response
from osia_conformance.target.run_budget import RunBudget
from osia_conformance.target.statuses import INCONCLUSIVE, answered, status_phrase
from osia_conformance.verdict.journal import INLINE_LIMIT, Journal
from osia_conformance.wire.limits import RateLimiter
from osia_conformance.wire.network import Deadline
from osia_conformance.wire.status_codes import PUT_OFF
from osia_conformance.wire.streaming import Upload
from osia_conformance.wire.transport import NoAnswer, Unsendable, Wire, WireAnswer

__all__ = ["BINARY", "JSON", "CheckLog", "Request", "Target", "json_body"]

Pairs = Sequence[tuple[str, str]]
Extras = tuple[Pairs, Pairs]
"""Headers and query parameters that the configuration adds to every call (a gateway's key, a tenant)."""

_TOO_MANY = 429
_OVERSIZED = NoAnswer("it answers more than is read of one answer", sent=True)


class Target:
    """Sends calls and records them. One per process; safe for the threads of one check."""

    def __init__(
        self,
        wire: Wire,
        tokens: TokenSource,
        journal: Journal,
        redactor: Redactor,
        privacy: ForeignRecordFilter,
        transactions: IdFactory,
        pace: RateLimiter,
        worker: str,
        version: str,
        availability: Availability,
        extras: Callable[[], Extras] = lambda: ((), ()),
        *,
        read_only: bool = False,
    ) -> None:
        self.tokens = tokens
        self.privacy = privacy
        self.log = CheckLog("setup", "*")
        self.lost: str | None = None
        self.availability = availability
        self.unknown_id = ""
        self._wire = wire
        self._recorder = Recorder(journal, redactor, worker)
        self._transactions = transactions
        self._pace = pace
        self._operations = by_code(version)
        self._extras = extras
        self._read_only = read_only
        self._told = False

    def call(self, code: str, **members: Any) -> Response:
        """Send the operation with our code `code`; the other members are Call's."""
        return self.send(Request(self._operations[code], **members))

    def send(self, call: Request) -> Response:
        """Send one call and return what came back; one that is put off is sent again, within the call's time.

        Raises CannotTell if no answer came, or one that leaves every case open (RUL-CODES); Untested if the run's
        time is up, the target or this operation was given up, or it would write where the run only reads. The
        reason says why.
        """
        if self._read_only and call.operation.code not in READING:
            raise Untested(f"this run only reads, and {call.operation.id} writes")
        deadline, waited = Deadline(self.availability.timeout), 0.0
        while True:
            self._go_on(call.operation)
            began = time.monotonic()
            try:
                left = deadline.seconds - deadline.elapsed if waited else math.inf
                response = self._attempt(call, self.log, left, waited)
            except NoAnswer as error:
                self._missed(call.operation, error, time.monotonic() - began)
                raise CannotTell(f"{call.operation.id} got no answer: {error}") from error
            if response.truncated:
                self._missed(call.operation, _OVERSIZED, time.monotonic() - began)
            if response.status not in PUT_OFF:
                break
            waited = self._put_off(call, response, deadline)
        self.availability.record_served()
        if response.status in INCONCLUSIVE:
            raise CannotTell(_left_open(response))
        return response

    def ping(self) -> None:
        """Read what is not there, to learn whether anything answers; raise NoAnswer, or Untested without a token."""
        self._attempt(Request(self._operations["READ"], enrollment=self.unknown_id), self.log, math.inf)

    def resume(self, part: RunBudget) -> None:
        """Begin a part of the run with a time of its own; a target that was lost may be back."""
        self.availability.resume(part)
        self._told = True
        if self.lost and self._still_there():
            self.lost = None

    def stop(self, cause: str, reason: str) -> None:
        """Put on the record why what is not judged yet will not be: `cause` is "max-time" or "lost"."""
        self._recorder.stopped(cause, reason)

    def over(self) -> str | None:
        """Return why nothing is called any more, None if it goes on; a run whose time is up says so once."""
        if self.lost:
            return f"the target was lost: {self.lost}"
        if not self.availability.time.over:
            return None
        if not self._told:
            self._told = True
            self.stop("max-time", self.availability.time.reason)
        return self.availability.time.reason

    def _go_on(self, operation: Operation) -> None:
        if reason := self.over():
            raise Untested(reason)
        if self.availability.is_suspended(operation.id):
            raise Untested(f"{operation.id} was given up: its last calls went unanswered until their time was up")

    def _attempt(self, call: Request, log: CheckLog, within: float, waited: float = 0.0) -> Response:
        token = call.token or self._own_token(call.operation)
        more_headers, more_query = self._extras()
        query = [*call.query, *self._transaction(call), *more_query]
        headers = [*call.all_headers(token), *more_headers]
        self._pace.wait()
        record = self._recorder.open(call, log.id, token, self._wire.url(call.path, query), headers)
        record["waited"] = round(waited, 3)
        method, left = call.operation.method, max(0.01, min(within, self.availability.time.left()))
        try:
            wired = self._wire.send(
                method, call.path, query=query, headers=headers, body=call.body, sink=call.sink, within=left
            )
        except NoAnswer as error:
            self._recorder.unanswered(record, log, call, str(error), error.retries)
            raise
        asked = None if call.buffer is None else (call.enrollment, call.buffer)
        response = self.privacy.filter(self._answer(call, record["id"], wired), buffer=asked)
        if not response.truncated:
            self.availability.record_response(call.operation.id, wired.elapsed)
        self._recorder.answered(record, log, call, response, wired.retries, call.sink)
        return response

    def _answer(self, call: Request, exchange: str, wired: WireAnswer) -> Response:
        return Response(
            operation=call.operation.id,
            exchange=exchange,
            status=wired.status,
            headers=wired.headers,
            # What is not whole proves nothing; it must not fill the disk.
            body=self._recorder.beginning(wired.body, INLINE_LIMIT) if wired.truncated else wired.body,
            elapsed=wired.elapsed,
            truncated=wired.truncated,
            documented=call.operation.success,
            extra_bytes=wired.extra_bytes,
        )

    def _missed(self, operation: Operation, error: NoAnswer, seconds: float) -> None:
        if isinstance(error, Unsendable):
            return
        if self.availability.time.over:
            raise Untested(self.availability.time.reason) from error
        if self.availability.record_timeout(operation.id, seconds) and not self._still_there():
            self._lose(f"{error}, and so it went on with a plain read")

    def _put_off(self, call: Request, response: Response, deadline: Deadline) -> float:
        """Wait as Retry-After asks and return the seconds if the call may be sent again; CannotTell if not."""
        seconds = self.availability.retry_pause(response.headers, deadline.seconds - deadline.elapsed)
        if seconds is None:
            self._in_vain(response)
            raise CannotTell(_left_open(response))
        self.observe("RUL-CODES", f"{status_phrase(response.status)} with Retry-After, which was waited for", response)
        wait(seconds)
        # What only reads can hide nothing that the first call did.
        if (response.status == _TOO_MANY or call.operation.code in READING) and not isinstance(call.body, Upload):
            return seconds
        self._in_vain(response)
        # It may have done something all the same: the check begins anew, with other ids.
        raise FailedStart(_left_open(response), response)

    def _in_vain(self, response: Response) -> None:
        """Note a call that was put off to its end; a target that does so again and again may serve nobody."""
        if self.availability.record_put_off() and not self._still_there():
            self._lose(f"it puts off every call ({status_phrase(response.status)})")

    def _still_there(self) -> bool:
        """Return whether a plain read of nothing is answered within seconds."""
        within = self.availability.probe_timeout
        return eventually(lambda: self._serves(within), within, pause=min(1.0, within / 5)) is not None

    def _serves(self, within: float) -> bool:
        call, log = (
            Request(self._operations["READ"], enrollment=self.unknown_id),
            CheckLog("still there", "readEnrollment"),
        )
        try:
            response = self._attempt(call, log, within)
            return not response.truncated and response.status not in PUT_OFF
        except (NoAnswer, Unjudged):
            return False

    def _lose(self, reason: str) -> None:
        self.lost = reason
        self.stop("lost", f"the target was lost: {reason}")

    def _own_token(self, operation: Operation) -> Token:
        try:
            return self.tokens.valid(frozenset({operation.scope}))
        except CannotIssue as error:
            if self.availability.time.over:
                raise Untested(self.over() or "") from error
            raise Untested(f"no token for {operation.scope}: {error}") from error

    def observe(self, ruling: str, text: str, response: Response | None = None) -> None:
        """Put something unusual but allowed on the record, under the ruling that allows it."""
        self._recorder.observed(self.log, ruling, text, response)

    def _transaction(self, call: Request) -> list[tuple[str, str]]:
        return [("transactionId", self._transactions.next(self.log.id))] if call.transaction else []


def _left_open(response: Response) -> str:
    return f"{answered(response)}, which leaves the case open"
