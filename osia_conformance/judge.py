"""Runs one check and puts its judgement on the record."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from osia_conformance.expectations import ServerError, Unjudged, Violation
from osia_conformance.reports.curl import curl_script
from osia_conformance.session import Session

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
class Judgement:
    """How a check ended. `fault` is set when the suite itself failed, not the target."""

    outcome: str
    reason: str | None = None
    expected: str | None = None
    actual: str | None = None
    exchange: str | None = None
    fault: BaseException | None = None


def judge(session: Session, check: Check, body: Callable[[], None]) -> Judgement:
    """Run a check's `body` and journal its judgement. A 500 is judged on its second appearance (RUL-CODES)."""
    log = session.start(check.id, check.operation)
    started = time.monotonic()
    try:
        judgement = _twice(session, body)
    finally:
        evidence = list(log.exchanges)
        session.tidy()
        session.forget()
    _write(session, check, judgement, evidence, time.monotonic() - started)
    return judgement


def _twice(session: Session, body: Callable[[], None]) -> Judgement:
    first = _run(session, body)
    if not isinstance(first, ServerError):
        return first
    session.target.log.exchanges.clear()
    second = _run(session, body)
    if isinstance(second, ServerError):
        return _violated(second)
    session.target.observe("RUL-CODES", f"a server error did not repeat: {first.actual}", first.answer)
    return second


def _run(session: Session, body: Callable[[], None]) -> Judgement | ServerError:
    try:
        body()
    except ServerError as error:
        return error
    except Violation as error:
        return _violated(error)
    except Unjudged as error:
        return Judgement(error.outcome, reason=error.reason)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is ours, and must never look like a verdict
        return Judgement("cantTell", reason=f"the suite failed: {type(error).__name__}: {error}", fault=error)
    if not session.target.log.exchanges:
        return Judgement("cantTell", reason="the suite failed: the check sent nothing", fault=_nothing_sent())
    return Judgement("passed")


def _nothing_sent() -> Exception:
    return RuntimeError("a check passed without a single exchange with the target")


def _violated(error: Violation) -> Judgement:
    exchange = error.answer.exchange if error.answer else None
    return Judgement("failed", str(error), error.expected, error.actual, exchange)


def _write(
    session: Session, check: Check, judgement: Judgement, exchanges: Sequence[dict[str, Any]], seconds: float
) -> None:
    shown = _leading_to(judgement.exchange, exchanges)
    clean = session.scrubber.text
    session.journal.write(
        "check",
        id=check.id,
        requirement=check.requirement,
        operation=check.operation,
        outcome=judgement.outcome,
        reason=clean(judgement.reason) if judgement.reason else None,
        expected=clean(judgement.expected) if judgement.expected else None,
        actual=clean(judgement.actual) if judgement.actual else None,
        curl=clean(curl_script(shown)) if judgement.outcome == "failed" and shown else None,
        evidence=[exchange["id"] for exchange in shown],
        seconds=round(seconds, 4),
        worker=session.worker,
    )


def _leading_to(exchange: str | None, exchanges: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the exchanges up to the one that shows the fault, the last few of them."""
    ids = [item["id"] for item in exchanges]
    end = ids.index(exchange) + 1 if exchange in ids else len(ids)
    return list(exchanges[max(0, end - _EVIDENCE) : end])
