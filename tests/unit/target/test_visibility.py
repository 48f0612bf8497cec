"""What a target does not show at once is waited for in full by each check that may fail without it."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path

import pytest

from osia_conformance.run.execution import Check, judge
from osia_conformance.support.polling import SkippedTime
from osia_conformance.target.outcome_errors import CannotTell, Violation
from osia_conformance.target.recorder import CheckEvidence
from osia_conformance.target.visibility import Lag, Visibility
from osia_reference.app import create_app
from tests.harness import lab
from tests.harness.judging import reference

WITHIN = 5


class FakeTime(SkippedTime):
    """Time that passes when somebody waits, and never else."""

    def after(self, seconds: float) -> Callable[[], bool]:
        """Return a probe that holds from so many seconds on."""
        shown = self.now() + seconds
        return lambda: self.now() >= shown


@pytest.fixture
def clock() -> FakeTime:
    return FakeTime()


def never() -> bool:
    return False


def check_of(requirement: str) -> CheckEvidence:
    return CheckEvidence(f"a check of {requirement}", "deleteEnrollment", requirement)


def failed(visibility: Visibility, lag: Lag, requirement: str) -> None:
    """Fail a check of a requirement by a lag that does not end."""
    check = check_of(requirement)
    assert visibility.eventually(lag, never, check) is None
    visibility.record_failure(check)


def waited(
    clock: FakeTime, visibility: Visibility, requirement: str, lag: Lag = "deletion", *, judged: bool = True
) -> float:
    """Return how long a check of a requirement waits for what never comes."""
    before = clock.now()
    assert visibility.eventually(lag, never, check_of(requirement), judged=judged) is None
    return round(clock.now() - before, 3)


@pytest.fixture
def visibility(clock: FakeTime) -> Visibility:
    visibility = Visibility(WITHIN)
    visibility.clock = clock
    return visibility


def test_what_comes_in_time_is_waited_for_in_full_each_time(clock, visibility):
    for lag in (3.0, 4.9, 0.3, 4.9):
        took = visibility.eventually("search", clock.after(lag), check_of("R1"))
        assert took == pytest.approx(lag, abs=0.1)


def test_a_stall_in_one_check_takes_no_time_from_another(clock, visibility):
    for _ in range(8):
        assert visibility.eventually("deletion", never, check_of("R1")) is None
    for requirement in ("R2", "R3"):
        assert visibility.eventually("deletion", clock.after(4.9), check_of(requirement)) is not None


def test_a_requirement_that_failed_leaves_the_others_their_whole_time(clock, visibility):
    failed(visibility, "deletion", "R1")
    assert visibility.eventually("deletion", clock.after(4.9), check_of("R2")) is not None


def test_a_requirement_that_failed_for_a_lag_waits_for_it_shorter_and_never_shorter_than_that(clock, visibility):
    failed(visibility, "deletion", "R1")
    assert [waited(clock, visibility, "R1") for _ in range(4)] == [0.5] * 4
    assert waited(clock, visibility, "R1", "search") == WITHIN


def test_a_lag_that_never_ends_is_waited_for_ever_shorter_until_it_ends_once(clock, visibility):
    failed(visibility, "deletion", "R1")
    assert [waited(clock, visibility, "R1") for _ in range(10)] == [*[0.5] * 4, *[0.05] * 6]
    assert visibility.eventually("deletion", clock.after(4.9), check_of("R2")) is not None
    failed(visibility, "deletion", "R1")
    assert waited(clock, visibility, "R1") > 0.5


def test_a_check_that_failed_waits_in_full_when_it_is_repeated(clock, visibility):
    check = check_of("R1")
    assert visibility.eventually("deletion", never, check) is None
    assert visibility.eventually("deletion", clock.after(4.9), check) is not None


def test_a_case_is_left_open_sooner_once_any_requirement_has_failed(clock, visibility):
    assert waited(clock, visibility, "R1", "expression", judged=False) == WITHIN
    failed(visibility, "search", "R2")
    assert waited(clock, visibility, "R1", "search", judged=False) == 0.5
    assert waited(clock, visibility, "R1", "expression", judged=False) == 0.5
    assert waited(clock, visibility, "R1", "deletion", judged=False) == WITHIN


def test_a_wait_ends_where_others_learn_meanwhile_that_it_is_in_vain(clock, visibility):
    failed(visibility, "deletion", "R1")
    began, looks = clock.now(), itertools.count()

    def never_and_then_another_fails() -> bool:
        if next(looks) == 10:
            check = check_of("R2")
            check.missed.add("deletion")
            visibility.record_failure(check)
        return False

    check = check_of("R3")
    assert visibility.eventually("deletion", never_and_then_another_fails, check) is None
    assert clock.now() - began == pytest.approx(1.0, abs=0.11)
    assert check.missed == set()


def test_the_seconds_of_all_waits_are_counted(clock, visibility):
    visibility.eventually("search", lambda: True, check_of("R1"))
    visibility.eventually("search", clock.after(0.5), check_of("R1"))
    assert visibility.waited == pytest.approx(0.5, abs=0.1)
    visibility.eventually("deletion", never, check_of("R1"))
    assert visibility.waited == pytest.approx(0.5 + WITHIN, abs=0.1)


def test_what_left_a_case_open_fails_no_requirement(clock, visibility):
    check = check_of("R1")
    assert visibility.eventually("search", never, check, judged=False) is None
    visibility.record_failure(check)
    assert waited(clock, visibility, "R1", "search") == WITHIN


def test_a_lag_that_ends_is_given_its_whole_time_again(clock, visibility):
    failed(visibility, "deletion", "R1")
    assert visibility.eventually("deletion", clock.after(0), check_of("R2")) == 0
    assert visibility.eventually("deletion", clock.after(4.9), check_of("R1")) is not None


def test_what_comes_at_once_gives_no_time_back_to_what_only_leaves_a_case_open(clock, visibility):
    failed(visibility, "search", "R1")
    assert visibility.eventually("search", clock.after(0), check_of("R2")) == 0
    assert waited(clock, visibility, "R3", "search", judged=False) == 0.5
    assert waited(clock, visibility, "R1", "search") == WITHIN
    assert visibility.eventually("search", clock.after(0.4), check_of("R2")) is not None
    assert waited(clock, visibility, "R3", "search", judged=False) == WITHIN


def test_seconds_that_have_passed_are_part_of_a_wait(clock, visibility):
    before = clock.now()
    assert visibility.eventually("processing", never, check_of("R1"), passed=4.0) is None
    assert clock.now() - before == pytest.approx(1.0)
    assert visibility.eventually("processing", clock.after(0), check_of("R1"), passed=7.0) == 0


def test_a_target_that_lags_is_given_its_lag_beside_what_never_came(clock, visibility):
    visibility.eventually("search", clock.after(1.0), check_of("R1"))
    failed(visibility, "deletion", "R1")
    assert visibility.eventually("deletion", clock.after(2.5), check_of("R1")) is not None


@pytest.mark.parametrize("error", [Violation("404", "it is still there"), CannotTell("it is still there")])
def test_only_a_check_that_ends_as_failed_is_remembered(clock, tmp_path: Path, error):
    app = create_app(reference())

    def body() -> None:
        assert session.visibility.eventually("deletion", never, session.evidence) is None
        raise error

    with lab.session(tmp_path, app) as session:
        session.visibility.clock = clock
        result = judge(session, Check("one", "R1", "deleteEnrollment"), body)
        shorter = waited(clock, session.visibility, "R1") < session.visibility.within
    app.close()
    assert shorter == (result.outcome == "failed")


def test_a_check_that_waited_in_full_twice_waits_shorter(clock, visibility):
    assert [waited(clock, visibility, "R1") for _ in range(3)] == [WITHIN, WITHIN, 0.5]
    assert waited(clock, visibility, "R2") == WITHIN


def test_an_open_case_makes_the_waits_of_further_open_ones_shorter_until_a_lag_ends(clock, visibility):
    assert waited(clock, visibility, "R1", "search", judged=False) == WITHIN
    assert waited(clock, visibility, "R2", "search", judged=False) == 0.5
    assert waited(clock, visibility, "R2", "search") == WITHIN
    assert visibility.eventually("search", clock.after(0.4), check_of("R3"), judged=False) is not None
    assert waited(clock, visibility, "R1", "search", judged=False) == WITHIN


def test_a_lag_for_which_two_requirements_failed_is_waited_for_shorter_by_all_until_it_ends_once(clock, visibility):
    failed(visibility, "search", "R1")
    assert waited(clock, visibility, "R5", "search") == WITHIN
    failed(visibility, "search", "R2")
    assert waited(clock, visibility, "R5", "search") == 0.5
    assert waited(clock, visibility, "R5", "deletion") == WITHIN
    assert visibility.eventually("search", clock.after(0.4), check_of("R5")) is not None
    assert waited(clock, visibility, "R5", "search") == WITHIN
