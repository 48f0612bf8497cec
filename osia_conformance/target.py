"""The target as checks see it: operations in, answers out, every exchange on the record."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from typing import Any

from osia_conformance.call import BINARY, JSON, Call, json_body
from osia_conformance.exchange import Answer
from osia_conformance.expectations import OPEN, CannotTell, FailedStart, Unjudged, Untested, eventually, phrase, wait
from osia_conformance.guest import Guest
from osia_conformance.ids import IdFactory
from osia_conformance.journal import INLINE_LIMIT, Journal
from osia_conformance.operations import READING, Operation, by_code
from osia_conformance.patience import PUT_OFF, Patience, RunTime
from osia_conformance.recording import CheckLog, Recorder
from osia_conformance.references import Scrubber
from osia_conformance.streams import Upload
from osia_conformance.tokens import CannotIssue, Token, TokenSource
from osia_conformance.wire.limits import Pace
from osia_conformance.wire.network import Deadline
from osia_conformance.wire.transport import NoAnswer, Unsendable, Wire, WireAnswer

__all__ = ["BINARY", "JSON", "Call", "CheckLog", "Target", "json_body"]

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
        scrubber: Scrubber,
        guest: Guest,
        transactions: IdFactory,
        pace: Pace,
        worker: str,
        version: str,
        patience: Patience,
        extras: Callable[[], Extras] = lambda: ((), ()),
        *,
        read_only: bool = False,
    ) -> None:
        self.tokens = tokens
        self.guest = guest
        self.log = CheckLog("setup", "*")
        self.lost: str | None = None
        self.patience = patience
        self.stranger = ""
        self._wire = wire
        self._recorder = Recorder(journal, scrubber, worker)
        self._transactions = transactions
        self._pace = pace
        self._operations = by_code(version)
        self._extras = extras
        self._read_only = read_only
        self._told = False

    def call(self, code: str, **members: Any) -> Answer:
        """Send the operation with our code `code`; the other members are Call's."""
        return self.send(Call(self._operations[code], **members))

    def send(self, call: Call) -> Answer:
        """Send one call and return what came back; one that is put off is sent again, within the call's time.

        Raises CannotTell if no answer came, or one that leaves every case open (RUL-CODES); Untested if the run's
        time is up, the target or this operation was given up, or it would write where the run only reads. The
        reason says why.
        """
        if self._read_only and call.operation.code not in READING:
            raise Untested(f"this run only reads, and {call.operation.id} writes")
        deadline, waited = Deadline(self.patience.timeout), 0.0
        while True:
            self._go_on(call.operation)
            began = time.monotonic()
            try:
                left = deadline.seconds - deadline.elapsed if waited else math.inf
                answer = self._attempt(call, self.log, left, waited)
            except NoAnswer as error:
                self._missed(call.operation, error, time.monotonic() - began)
                raise CannotTell(f"{call.operation.id} got no answer: {error}") from error
            if answer.truncated:
                self._missed(call.operation, _OVERSIZED, time.monotonic() - began)
            if answer.status not in PUT_OFF:
                break
            waited = self._put_off(call, answer, deadline)
        self.patience.served()
        if answer.status in OPEN:
            raise CannotTell(_left_open(answer))
        return answer

    def knock(self) -> None:
        """Read what is not there, to learn whether anything answers; raise NoAnswer, or Untested without a token."""
        self._attempt(Call(self._operations["READ"], enrollment=self.stranger), self.log, math.inf)

    def resume(self, part: RunTime) -> None:
        """Begin a part of the run with a time of its own; a target that was lost may be back."""
        self.patience.resume(part)
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
        if not self.patience.time.over:
            return None
        if not self._told:
            self._told = True
            self.stop("max-time", self.patience.time.reason)
        return self.patience.time.reason

    def _go_on(self, operation: Operation) -> None:
        if reason := self.over():
            raise Untested(reason)
        if self.patience.mute(operation.id):
            raise Untested(f"{operation.id} was given up: its last calls went unanswered until their time was up")

    def _attempt(self, call: Call, log: CheckLog, within: float, waited: float = 0.0) -> Answer:
        token = call.token or self._own_token(call.operation)
        more_headers, more_query = self._extras()
        query = [*call.query, *self._transaction(call), *more_query]
        headers = [*call.all_headers(token), *more_headers]
        self._pace.wait()
        record = self._recorder.open(call, log.id, token, self._wire.url(call.path, query), headers)
        record["waited"] = round(waited, 3)
        method, left = call.operation.method, max(0.01, min(within, self.patience.time.left()))
        try:
            wired = self._wire.send(
                method, call.path, query=query, headers=headers, body=call.body, sink=call.sink, within=left
            )
        except NoAnswer as error:
            self._recorder.unanswered(record, log, call, str(error), error.retries)
            raise
        asked = None if call.buffer is None else (call.enrollment, call.buffer)
        answer = self.guest.filter(_answer(call, record["id"], wired), buffer=asked)
        if not answer.truncated:
            self.patience.answered(call.operation.id, wired.elapsed)
        self._recorder.answered(record, log, call, answer, wired.retries, call.sink)
        return answer

    def _missed(self, operation: Operation, error: NoAnswer, seconds: float) -> None:
        if isinstance(error, Unsendable):
            return
        if self.patience.time.over:
            raise Untested(self.patience.time.reason) from error
        if self.patience.missed(operation.id, seconds) and not self._still_there():
            self._lose(f"{error}, and so it went on with a plain read")

    def _put_off(self, call: Call, answer: Answer, deadline: Deadline) -> float:
        """Wait as Retry-After asks and return the seconds if the call may be sent again; CannotTell if not."""
        seconds = self.patience.pause(answer.headers, deadline.seconds - deadline.elapsed)
        if seconds is None:
            self._in_vain(answer)
            raise CannotTell(_left_open(answer))
        self.observe("RUL-CODES", f"{phrase(answer.status)} with Retry-After, which was waited for", answer)
        wait(seconds)
        # What only reads can hide nothing that the first call did.
        if (answer.status == _TOO_MANY or call.operation.code in READING) and not isinstance(call.body, Upload):
            return seconds
        self._in_vain(answer)
        # It may have done something all the same: the check begins anew, with other ids.
        raise FailedStart(_left_open(answer), answer)

    def _in_vain(self, answer: Answer) -> None:
        """Note a call that was put off to its end; a target that does so again and again may serve nobody."""
        if self.patience.put_off() and not self._still_there():
            self._lose(f"it puts off every call ({phrase(answer.status)})")

    def _still_there(self) -> bool:
        """Return whether a plain read of nothing is answered within seconds."""
        within = self.patience.probe
        return eventually(lambda: self._serves(within), within, pause=min(1.0, within / 5)) is not None

    def _serves(self, within: float) -> bool:
        call, log = Call(self._operations["READ"], enrollment=self.stranger), CheckLog("still there", "readEnrollment")
        try:
            answer = self._attempt(call, log, within)
            return not answer.truncated and answer.status not in PUT_OFF
        except (NoAnswer, Unjudged):
            return False

    def _lose(self, reason: str) -> None:
        self.lost = reason
        self.stop("lost", f"the target was lost: {reason}")

    def _own_token(self, operation: Operation) -> Token:
        try:
            return self.tokens.valid(frozenset({operation.scope}))
        except CannotIssue as error:
            if self.patience.time.over:
                raise Untested(self.over() or "") from error
            raise Untested(f"no token for {operation.scope}: {error}") from error

    def observe(self, ruling: str, text: str, answer: Answer | None = None) -> None:
        """Put something unusual but allowed on the record, under the ruling that allows it."""
        self._recorder.observed(self.log, ruling, text, answer)

    def _transaction(self, call: Call) -> list[tuple[str, str]]:
        return [("transactionId", self._transactions.next(self.log.id))] if call.transaction else []


def _left_open(answer: Answer) -> str:
    return f"{answer.operation} answered {phrase(answer.status)}, which leaves the case open"


def _answer(call: Call, exchange: str, wired: WireAnswer) -> Answer:
    return Answer(
        operation=call.operation.id,
        exchange=exchange,
        status=wired.status,
        headers=wired.headers,
        # What is not whole proves nothing; it must not fill the disk.
        body=wired.body[:INLINE_LIMIT] if wired.truncated else wired.body,
        elapsed=wired.elapsed,
        truncated=wired.truncated,
        documented=call.operation.success,
        surplus=wired.surplus,
    )
