"""Whether a target counts as there, and how long a search is polled."""

from __future__ import annotations

from pathlib import Path

import pytest

from osia_conformance.standard.operations import by_code
from osia_conformance.target.outcome_errors import Untested
from osia_conformance.target.run_budget import RunBudget
from osia_conformance.target.session import Session
from osia_conformance.verdict import journal
from osia_conformance.wire.errors import NoAnswer

READ, FIND = by_code()["READ"], by_code()["FIND"]


def silent(session: Session, times: int, seconds: float = 0.0, operation: str = READ.id, apart: float = 1.0) -> None:
    """Have so many calls of an operation time out; each begins where the one before ended, or earlier (`apart`)."""
    for number in range(times):
        began = number * apart * seconds
        session.availability.record_timeout(operation, NoAnswer("silence", sent=True), began, began + seconds)


def test_a_target_that_answers_the_probe_is_not_lost(session: Session) -> None:
    silent(session, 9)
    assert session.availability.stop_reason() is None


def test_an_operation_that_takes_three_timeouts_in_a_row_is_suspended(session: Session) -> None:
    silent(session, 3, session.availability.timeout, FIND.id)
    with pytest.raises(Untested, match="findEnrollments was given up"):
        session.availability.require(FIND)
    session.availability.require(READ)
    session.availability.record_response(FIND.id, 0.1)
    session.availability.require(FIND)


@pytest.mark.parametrize("apart", [0.0, 0.1, 0.3], ids=["at-once", "behind", "staggered"])
def test_timeouts_of_one_stall_give_no_operation_up(session: Session, apart: float) -> None:
    silent(session, 6, session.availability.timeout, READ.id, apart)
    session.availability.require(READ)


def test_the_end_of_the_time_is_recorded_once(session: Session, tmp_path: Path) -> None:
    session.availability.budget = RunBudget(0, "the time was over")
    assert [session.availability.stop_reason() for _ in range(2)] == ["the time was over"] * 2
    (stopped,) = (line for line in journal.read(tmp_path) if line["kind"] == "stopped")
    assert (stopped["cause"], stopped["reason"]) == ("max-time", "the time was over")
