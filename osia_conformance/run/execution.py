"""Runs one check and puts its judgement on the record."""

from __future__ import annotations

import re
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any

from osia_conformance.reports.curl import curl_script
from osia_conformance.run.reproduction import reproducing
from osia_conformance.support.bounded_json import BeyondLimits
from osia_conformance.support.secrets import ConfigurationError
from osia_conformance.target.outcome_errors import CannotTell, Unjudged, Violation
from osia_conformance.target.response import Response
from osia_conformance.target.retry import judged_with_retry
from osia_conformance.target.session import Session
from osia_conformance.verdict.journal import Unwritable
from osia_conformance.verdict.symptom import Symptom

_TO = " to "
"""What leads to the words of a call in what is expected."""

_EVIDENCE = 12
"""Exchanges that a judgement cites at most: the last ones, which lead to what was judged."""


@dataclass(frozen=True, slots=True)
class Check:
    """One check as it is planned: its id, the requirement it judges, the operation it is about."""

    id: str
    requirement: str
    operation: str

    def as_record(self) -> dict[str, str]:
        """Return the check as the journal's plan lists it."""
        return {"id": self.id, "requirement": self.requirement, "operation": self.operation}


@dataclass(frozen=True, slots=True)
class CheckResult:
    """How a check ended, without secrets. `fault`: the suite itself failed, not the target; where it did.

    `symptom` is of a failure or an open case, `decisive` the id of the exchange that showed it, and `exchange` that
    exchange as it is on the record, else the last one.
    """

    outcome: str
    reason: str | None = None
    expected: str | None = None
    actual: str | None = None
    fault: str | None = None
    symptom: Symptom | None = None
    decisive: str | None = None
    exchange: Mapping[str, Any] | None = None


_NOTHING_SENT = CheckResult(
    "cantTell",
    reason="the suite failed: the check passed without a single exchange with the target",
    fault="a check passed without a single exchange with the target",
)


IsFinal = Callable[[CheckResult, Sequence[dict[str, Any]]], bool]
"""Tells by a check's result and exchanges whether that is its judgement."""


def judge(session: Session, check: Check, body: Callable[[], None]) -> CheckResult:
    """Run a check's `body`, journal its judgement, return it. A 500 counts if it comes twice (RUL-CODES)."""
    result = judge_if_final(session, check, body, lambda *_: True)
    assert result is not None
    return result


def judge_if_final(session: Session, check: Check, body: Callable[[], None], is_final: IsFinal) -> CheckResult | None:
    """Run a check's `body` as `judge` does; return None, and journal no judgement, where that `is_final` does not."""
    log = session.start_check(check.id, check.operation, check.requirement)
    started = time.monotonic()
    try:
        with session.service_ends.watched():
            result = _not_to_run(session) or _run(session, lambda: judged_with_retry(session, body))
    finally:
        evidence = list(log.exchanges)
        session.delete_created()
        session.end_check()
    if not is_final(result, evidence):
        return None
    if result.outcome == "failed":
        session.visibility.record_failure(log)
    result = _clean(session, result)
    shown = _shown(evidence, result.decisive)
    _write(session, check, result, shown, time.monotonic() - started)
    return replace(result, exchange=_shown_exchange(shown, result))


def _not_to_run(session: Session) -> CheckResult | None:
    """Return why a check cannot be judged any more, before anything is prepared for it."""
    reason = session.availability.stop_reason()
    return CheckResult("untested", reason) if reason else None


def _run(session: Session, body: Callable[[], None]) -> CheckResult:
    try:
        body()
    except Violation as error:
        return _violated(session, error)
    except Unjudged as error:
        return _unjudged(session, error)
    except BeyondLimits as error:
        return CheckResult("cantTell", reason=str(error))
    except ConfigurationError as error:
        # It was all there at the start: a secret's file has gone since.
        return CheckResult("untested", reason=str(error))
    except Unwritable:
        # Nothing more can be put on the record, so nothing more is judged.
        raise
    except Exception as error:
        # Whatever it is, it is ours, and must never look like a verdict.
        reason = f"the suite failed: {type(error).__name__}: {error}"
        return CheckResult("cantTell", reason=reason, fault="".join(traceback.format_exception(error)))
    return CheckResult("passed") if session.evidence.sent else _NOTHING_SENT


def _violated(session: Session, error: Violation) -> CheckResult:
    expected = error.expected
    if _is_unexplained(error.response) and _TO not in expected:
        expected += _sent(session, error.response, _TO)
    reason = f"expected {expected}; {error.actual}"
    return CheckResult("failed", reason, expected, error.actual, symptom=error.symptom, decisive=_exchange(error))


def _unjudged(session: Session, error: Unjudged) -> CheckResult:
    if not isinstance(error, CannotTell):
        return CheckResult(error.outcome, error.reason)
    told = _sent(session, error.response, "; what it was sent is ") if _is_unexplained(error.response) else ""
    return CheckResult(error.outcome, error.reason + told, symptom=error.symptom, decisive=_exchange(error))


def _is_unexplained(response: Response | None) -> bool:
    """Return whether an answer is a server error of which the reader asks what brought it about (RUL-CODES)."""
    return response is not None and response.status == HTTPStatus.INTERNAL_SERVER_ERROR


def _sent(session: Session, response: Response | None, before: str) -> str:
    """Return what a response answers, in words behind `before`; "" where that is not known."""
    words = session.sent_words(response) if response else ""
    return before + words if words else ""


def _exchange(error: Violation | CannotTell) -> str | None:
    return error.response.exchange if error.response else None


def _clean(session: Session, result: CheckResult) -> CheckResult:
    """Return the judgement without secrets, those included that its words show only the beginning of."""
    texts = {name: getattr(result, name) for name in ("reason", "expected", "actual", "fault")}
    clean: dict[str, Any] = {name: session.redactor.shortened(text) for name, text in texts.items() if text}
    return replace(result, **clean)


def _write(
    session: Session, check: Check, result: CheckResult, shown: Sequence[dict[str, Any]], seconds: float
) -> None:
    failed = result.outcome == "failed"
    known = {exchange["id"] for exchange in shown}
    told = {
        "symptom": result.symptom.as_record() if result.symptom else None,
        "decisive": result.decisive if result.decisive in known else None,
    }
    session.journal.write(
        "check",
        id=check.id,
        requirement=check.requirement,
        operation=check.operation,
        outcome=result.outcome,
        reason=result.reason,
        expected=result.expected,
        actual=result.actual,
        curl=session.redactor.text(curl_script(reproducing(shown, result.decisive))) if failed and shown else None,
        evidence=[exchange["id"] for exchange in shown],
        seconds=round(seconds, 4),
        worker=session.worker,
        **{name: value for name, value in told.items() if value},
    )


def _shown_exchange(shown: Sequence[dict[str, Any]], result: CheckResult) -> dict[str, Any] | None:
    """Return the decisive exchange of a check that did not pass, else its last one; None if it sent nothing."""
    if result.outcome == "passed":
        return None
    decisive = [exchange for exchange in shown if exchange["id"] == result.decisive]
    return next(iter([*decisive, *reversed(shown)]), None)


def _shown(exchanges: Sequence[dict[str, Any]], decisive: str | None = None) -> list[dict[str, Any]]:
    """Return the last exchanges of a check, which lead to what was judged; of polls in a row, the last one.

    The decisive exchange is always among them.
    """
    kept: list[dict[str, Any]] = []
    for exchange in exchanges:
        if kept and kept[-1]["id"] != decisive and _question(kept[-1]) == _question(exchange):
            kept.pop()
        kept.append(exchange)
    earlier, last = kept[:-_EVIDENCE], kept[-_EVIDENCE:]
    return [*(exchange for exchange in earlier if exchange["id"] == decisive), *last]


def _question(exchange: dict[str, Any]) -> tuple[object, ...]:
    """Return what a call asked, the transactionId aside."""
    request = exchange["request"]
    url = re.sub(r"transactionId=[^&]*", "", request["url"])
    return request["method"], url, request.get("body"), request.get("bodyFile"), exchange["scopes"], exchange["fault"]
