"""Calls that end the service: found, repeated alone, reported as what ENR-SERVICE-01 forbids (RUL-SERVICE)."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from osia_conformance.auth import CannotIssue
from osia_conformance.reports.curl import curl_script
from osia_conformance.support.polling import wait
from osia_conformance.target.call_lock import CallLock
from osia_conformance.target.enrollment.repeating import repeat_call
from osia_conformance.target.outcome_errors import CannotTell, ServiceRestarted, Untested
from osia_conformance.target.recent_calls import RecentCalls, SentCall
from osia_conformance.target.recorder import CheckEvidence, ExchangeRecord
from osia_conformance.target.restart import restart
from osia_conformance.wire.errors import NoAnswer

if TYPE_CHECKING:
    from osia_conformance.target.client import Client
    from osia_conformance.target.request import Request
    from osia_conformance.target.session import Session

REQUIREMENT = "ENR-SERVICE-01"
_RULING = "RUL-SERVICE"
_EXPECTED = "an answer to this call, and to the calls after it"
_MOST_OF_CHECK = 2
"""A check that ended the service so often sends nothing more."""
_MOST = 10
"""A service that the sessions of one process ended so often counts as lost: each time costs a restart."""
_RESTART_SECONDS = 30.0
"""Seconds that a server which `restart-command` started has at least until it answers."""
_EXIT_SECONDS = 0.3
"""Seconds after which a server that ends by itself after its answer is gone."""
_MARKER = re.compile(rb"osia[a-z]{18}|osia[a-z]{8}")

Kind = tuple[str, tuple[tuple[str, str], ...], bytes]


class KnownEnds:
    """What ended the service in the sessions of one process: how often each check did, which kinds of calls, and the
    exchanges that are reported. Changed by whoever holds the lock alone."""

    def __init__(self) -> None:
        self.times: Counter[str] = Counter()
        self.kinds: set[Kind] = set()
        self.proven: set[str] = set()

    def has(self, request: Request) -> bool:
        """Return whether such a call is known to end the service."""
        return bool(self.kinds) and _kind(request) in self.kinds

    def add(self, call: SentCall) -> None:
        """Note a call that ended the service, and did so again alone."""
        self.times[call.check] += 1
        self.proven.add(call.exchange["id"])
        self.kinds |= {kind} if (kind := _kind(call.request)) else set()


class ServiceEnds:
    """Follows the calls of one session. While a check is judged, it brings a target back that answers no more.

    `note` is told what a reader must know at once; what `known` holds is shared by the sessions of a run.
    """

    def __init__(self, session: Session, client: Client) -> None:
        self.calls = RecentCalls()
        self.note: Callable[[str], None] = lambda _: None
        self._session = session
        self._client = client
        target = session.settings.target
        self._command, self._wait_for = target.restart_command, session.settings.wait_for
        self._lock = CallLock(Path(session.run.directory))
        self._is_judging = False
        self._has_judged = False
        self.known = KnownEnds()

    def share(self, other: ServiceEnds) -> None:
        """Know what another session's calls did, and tell the same reader."""
        self.known, self.note = other.known, other.note

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Bring the target back if it answers no more meanwhile, where the settings say how."""
        self._is_judging = self._has_judged = True
        try:
            yield
        finally:
            self._is_judging = False

    @property
    def brings_back(self) -> bool:
        """Whether the target is waited for, or restarted, when it answers no more."""
        return self._is_judging and bool(self._command or self._wait_for)

    def sending(self) -> AbstractContextManager[None]:
        """Return the time of a call, which no call that is repeated alone falls into."""
        side_by_side = self._has_judged and (self._command or self._wait_for)
        return self._lock.shared() if side_by_side else nullcontext()

    def require(self, request: Request, check: str) -> None:
        """Raise CannotTell for a call that is known to end the service."""
        if self.known.times[check] >= _MOST_OF_CHECK:
            raise CannotTell(f"calls of this check ended the service ({REQUIREMENT}), so it sends nothing more")
        if self.known.has(request):
            raise CannotTell(f"such a {request.operation.id} ended the service ({REQUIREMENT}), and is not sent again")

    def resume(self, call: SentCall) -> None:
        """Bring the target back if nothing answers after this call, which got no answer; return if something does.

        Raises CannotTell if the call ended the service, ServiceRestarted if another one did and the check should begin
        again, Untested if the target did not come back.
        """
        with self._lock.alone():
            lasts = not self._session.availability.is_served()
            if lasts:
                self._lock.record_outage()
            elif not self._lock.outage_since(call.began):
                return
            # What another process has brought back has seen that one's calls again, not ours.
            suspects = self.calls.suspects() if lasts else [call] * call.arrived
            if lasts:
                self._bring_back(suspects)
            ending_calls = [each for each in suspects if self._ends_again(each)]
            answered = self.calls.answered
            if lasts and not ending_calls and answered is not None and answered not in suspects:
                self._ends_again(answered)
            self.calls.forget()
        if call in ending_calls:
            raise CannotTell(f"{call.request.operation.id} ended the service, as {REQUIREMENT} reports")
        raise ServiceRestarted("the service ended under this check", call.request.operation.id)

    def record_lost(self) -> None:
        """Report the calls after which nothing answered, where the target does not come back: cantTell."""
        for call in self.calls.suspects():
            if call.exchange["id"] in self.known.proven:
                continue
            operation = call.request.operation.id
            reason = (
                f"nothing answered after this {operation}: if it ends the service, that breaks this rule; "
                "--wait-for or restart-command let it be repeated"
            )
            self._write("cantTell", reason, None, call, [call.exchange])

    def _bring_back(self, suspects: Sequence[SentCall]) -> None:
        """Wait for the target, or restart it; raise Untested if it does not come back."""
        named = ", ".join(each.request.operation.id for each in suspects) or "the first call"
        self.note(f"the target answers no more after {named}; it is {'restarted' if self._command else 'waited for'}")
        trouble, within = None, self._wait_for
        if self._command:
            within = max(within, _RESTART_SECONDS)
            trouble = self._restart()
        if trouble is None and self._session.availability.comes_back(within):
            return
        self._lose(trouble or f"it answered no more after {named}, and did not come back within {within:g} s")

    def _restart(self) -> str | None:
        """Run restart-command; return why it cannot be run."""
        try:
            restart(self._command, Path(self._session.run.directory))
        except (OSError, ValueError) as error:
            words = getattr(error, "strerror", None) or error
            return f"it answered no more, and restart-command cannot be run ({words}); name a program that is there"
        return None

    def _lose(self, reason: str) -> None:
        self._session.availability.count_as_lost(reason)
        self.record_lost()
        raise Untested(f"the target was lost: {reason}")

    def _ends_again(self, call: SentCall) -> bool:
        """Repeat a call alone; if nothing answers after it again, report it and bring the target back.

        One that is known to end the service is neither sent nor reported again.
        """
        if self.known.has(call.request):
            return True
        evidence = CheckEvidence(call.check, call.request.operation.id)
        words = "no call after it"
        try:
            repeat_call(self._session, self._client, call.request, evidence)
        except (NoAnswer, CannotIssue) as error:
            words = f"{str(error).rstrip('.')}, and no call after it"
        if self._still_answers():
            text = "nothing answered after a call, which did not end the service when it was repeated alone"
            self._session.target.observe(_RULING, text)
            return False
        ended = f"this {call.request.operation.id} ended the service, and did so again when it was repeated alone"
        actual = f"{ended}: {words} was answered"
        self._write("failed", f"expected {_EXPECTED}; {actual}", actual, call, evidence.exchanges)
        self.known.add(call)
        if self.known.times.total() >= _MOST:
            self._lose(f"calls ended it {_MOST} times")
        self._bring_back([call])
        return True

    def _still_answers(self) -> bool:
        if not self._session.availability.is_served():
            return False
        wait(_EXIT_SECONDS)
        return self._session.availability.is_served()

    def _write(
        self, outcome: str, reason: str, actual: str | None, call: SentCall, shown: Sequence[ExchangeRecord]
    ) -> None:
        session, operation = self._session, call.request.operation.id
        first = call.exchange["id"]
        session.journal.write(
            "check",
            id=f"whole_service/a_call_ends_the_service[{operation}-{first}]",
            requirement=REQUIREMENT,
            operation=operation,
            outcome=outcome,
            reason=session.redactor.shortened(reason),
            expected=_EXPECTED if actual else None,
            actual=session.redactor.shortened(actual) if actual else None,
            curl=session.redactor.text(curl_script(shown)),
            evidence=list(dict.fromkeys([first, *(each["id"] for each in shown)])),
            seconds=round(call.ended - call.began, 4),
            worker=session.worker,
            decisive=shown[-1]["id"] if shown else first,
        )


def _kind(request: Request) -> Kind | None:
    """Return what is sent alike whatever the ids and markers in it; None for a call that sends nothing but its path."""
    body = request.body if isinstance(request.body, bytes) else b""
    if not body and not request.query:
        return None
    plain = _MARKER.sub(b"", body.replace(request.enrollment.encode() or b"\0", b""))
    return request.operation.id, tuple(request.query), hashlib.sha256(plain).digest()
