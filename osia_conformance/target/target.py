"""The target as checks see it: an operation in, a response out, every exchange on the record."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from typing import Unpack

from osia_conformance.auth import CannotIssue
from osia_conformance.standard.operations import READING, WRITING_OPERATIONS, Operation, by_code
from osia_conformance.target.availability import Availability
from osia_conformance.target.check_slots import CheckSlots
from osia_conformance.target.client import Client
from osia_conformance.target.outcome_errors import CannotTell, ConnectionClosed, FailedStart, Untested, status_symptom
from osia_conformance.target.recent_calls import SentCall
from osia_conformance.target.request import Request, RequestOptions
from osia_conformance.target.response import Response
from osia_conformance.target.retry import RetryPolicy
from osia_conformance.target.run_budget import RunBudget
from osia_conformance.target.service_ends import ServiceEnds
from osia_conformance.target.statuses import answered, status_phrase
from osia_conformance.target.writes_under_way import WritesUnderWay
from osia_conformance.wire.errors import NoAnswer, Unsendable
from osia_conformance.wire.status_codes import INCONCLUSIVE, PUT_OFF

_GATEWAY_IN_ROW = 5
"""After so many answers of a gateway in a row, a probe asks whether the server behind it is still there."""
_OVERSIZED = NoAnswer("it answers more than is read of one answer", sent=True)


class Target:
    """Sends a check's requests to the target of interface `version`, as long as it is available.

    With `slots` it does so beside others, which count as one with it for how fast the target answers; RunEnded, which
    is no Exception, ends the check then once the run is over.
    """

    def __init__(
        self,
        client: Client,
        availability: Availability,
        service_ends: ServiceEnds,
        writes: WritesUnderWay,
        version: str,
        *,
        read_only: bool = False,
        slots: CheckSlots | None = None,
    ) -> None:
        self.availability = availability
        self._ends = service_ends
        self._writes = writes
        self.privacy = client.privacy
        self._client = client
        self._recorder = client.recorder
        self._retry = RetryPolicy()
        self._operations = by_code(version)
        self._read_only = read_only
        self._slots = slots

    def call(
        self, code: str, enrollment: str = "", buffer: str | None = None, **options: Unpack[RequestOptions]
    ) -> Response:
        """Send the operation with our code `code`, such as "CREATE"; returns and raises as `send` does."""
        return self.send(Request(self._operations[code], enrollment, buffer, **options))

    def send(self, request: Request) -> Response:
        """Send a request and return its response; one that is put off is sent again, within the request's time.

        Raises CannotTell if no response came, or one that leaves every case open (RUL-CODES); FailedStart if the
        check should begin again; Untested if the run's time is over, the target is lost, the operation suspended or
        without a token, or it would write where the run only reads. The reason says why.
        """
        if self._read_only and request.operation.code not in READING:
            raise Untested(f"this run only reads, and {request.operation.id} writes")
        until = self.availability.clock.now() + self.availability.timeout
        response = self._send_once(request, math.inf, 0.0)
        while response.status in PUT_OFF:
            waited = self._wait_as_asked(request, response, until - self.availability.clock.now())
            response = self._send_once(request, until - self.availability.clock.now(), waited)
        self._retry.record_served()
        if response.status in INCONCLUSIVE:
            raise CannotTell(_left_open(response), response, status_symptom(response))
        return response

    def ping(self) -> None:
        """Read what is not there, to learn whether anything answers; raise NoAnswer, or Untested without a token."""
        try:
            self.availability.ping(self._recorder.evidence)
        except CannotIssue as error:
            raise self._no_token(self._operations["READ"], error) from error

    def send_plain(self, request: Request, within: float) -> Response:
        """Send a request once, whatever is known of the target's availability, and return its response.

        `within` is seconds. Raises NoAnswer, or CannotIssue without a token for it.
        """
        return self._client.send(request, self._recorder.evidence, within)

    def wait_until_started(self, within: float, note: Callable[[str], None]) -> None:
        """Wait up to `within` seconds for a server that is just starting; `note` is told once that it is waited for."""
        self.availability.wait_until_started(self._recorder.evidence, within, note)

    def start_part(self, budget: RunBudget) -> None:
        """Start a part of the run that has a time of its own; a target that was lost may be back."""
        self._retry.start_part()
        self.availability.start_part(budget)

    def observe(self, ruling: str, text: str, response: Response | None = None) -> None:
        """Put something unusual but allowed on the record, under the ruling that allows it."""
        self._recorder.write_observation(ruling, text, response)

    def _send_once(self, request: Request, within: float, waited: float) -> Response:
        operation, evidence = request.operation, self._recorder.evidence
        self._require_going_on()
        self.availability.require(operation)
        self._ends.require(request, evidence.id)
        began, since = time.monotonic(), time.time()
        try:
            with self._under_way(request), self._ends.sending():
                # Once more, now that a clean-up sees this call.
                self._require_going_on()
                response = self._client.send(request, evidence, self.availability.seconds_left(within), waited)
        except CannotIssue as error:
            raise self._no_token(operation, error) from error
        except NoAnswer as error:
            arrived, cited = bool(error.sent or error.retries), evidence.exchange(error.exchange)
            call = SentCall(request, cited, evidence.id, since, time.time(), arrived=arrived)
            self._record_silence(call, error, began, time.monotonic())
            raise _no_response(operation, error) from error
        if self._slots is not None:
            self._slots.record(response)
        if response.truncated:
            self.availability.record_timeout(operation.id, _OVERSIZED, began, time.monotonic())
            return response
        self.availability.record_response(operation.id, response.elapsed)
        call = SentCall(request, evidence.exchange(response.exchange), evidence.id, since, time.time())
        if response.may_be_a_gateways:
            self._record_gateway(replace(call, gateway=True), response)
        else:
            self._ends.calls.record_answered(call)
        return response

    def _require_going_on(self) -> None:
        if self._slots is not None:
            self._slots.require()

    def _under_way(self, request: Request) -> AbstractContextManager[None]:
        """Return the time of a call, in which the enrollment that it names may come to be there."""
        makes = request.enrollment and request.operation.code in WRITING_OPERATIONS
        return self._writes.under_way(request.enrollment) if makes else nullcontext()

    def _record_silence(self, call: SentCall, error: NoAnswer, began: float, ended: float) -> None:
        """Note a call without an answer, and report it if nothing answers after it; raises what ends the check then.

        `began` and `ended` are its seconds of the monotonic clock.
        """
        if isinstance(error, Unsendable):
            return
        self._ends.calls.record_unanswered(call)
        if self._ends.brings_back:
            self._ends.resume(call)
        self.availability.record_timeout(call.request.operation.id, error, began, ended)
        if self._ends.calls.found_nobody and not self.availability.lost:
            self.availability.probe_target(f"{error}, and a plain read after it failed too")
        if self.availability.lost:
            self._ends.record_lost()

    def _record_gateway(self, call: SentCall, response: Response) -> None:
        """Note a call that a gateway may have answered in the server's place, and report it if that lasts; raises what
        ends the check then (RUL-SERVICE)."""
        calls = self._ends.calls
        calls.record_unanswered(call)
        if self._ends.brings_back and calls.gateway_row:
            self._ends.resume(call)
        elif calls.gateway_row >= _GATEWAY_IN_ROW and not self.availability.lost:
            words = f"a gateway answered {status_phrase(response.status)} in its place"
            self.availability.probe_target(f"{words}, and a plain read after it failed too")
        if self.availability.lost:
            self._ends.record_lost()

    def _no_token(self, operation: Operation, error: CannotIssue) -> Untested:
        reason = self.availability.stop_reason() if self.availability.budget.over else None
        return Untested(reason or f"no token for {operation.scope}: {error}")

    def _wait_as_asked(self, request: Request, response: Response, left: float) -> float:
        """Wait as Retry-After asks and return the seconds, if the request may be sent again; `left` is its time.

        Raises CannotTell if not, FailedStart if it may have done something: the check then begins again.
        """
        seconds = self._retry.pause(response, min(left, self.availability.budget.left()))
        if seconds is None:
            self._record_put_off(response)
            raise CannotTell(_left_open(response), response, status_symptom(response))
        self.observe("RUL-CODES", f"{status_phrase(response.status)} with Retry-After, which was waited for", response)
        self.availability.clock.wait(seconds)
        if self._retry.may_repeat(request, response):
            return seconds
        self._record_put_off(response)
        raise FailedStart(_left_open(response), response)

    def _record_put_off(self, response: Response) -> None:
        if self._retry.record_put_off():
            self.availability.probe_target(f"it puts off every call ({status_phrase(response.status)})")
            if self.availability.lost and self._ends.calls.gateway_row:
                self._ends.record_lost()


def _no_response(operation: Operation, error: NoAnswer) -> CannotTell:
    reason = f"{operation.id} got no answer: {error}"
    return ConnectionClosed(reason, operation.id) if error.reused and error.sent else CannotTell(reason)


def _left_open(response: Response) -> str:
    return f"{answered(response)}, which leaves the case open"
