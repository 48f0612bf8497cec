"""A failure of a generated example counts once it came twice, whatever the budget for smaller ones says."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from types import SimpleNamespace
from typing import Any

import hypothesis
import pytest
from hypothesis import strategies as st

from osia_conformance.checks.generation.choices import Choices
from osia_conformance.checks.generation.examples import Examples
from osia_conformance.checks.generation.given import hypothesis_settings
from osia_conformance.target import shrink_budget
from osia_conformance.target.outcome_errors import (
    CannotTell,
    FailedStart,
    ServerError,
    Violation,
    WrongStatus,
    status_symptom,
)
from osia_conformance.target.shrink_budget import ShrinkBudget

ANSWER: Any = SimpleNamespace(operation="createEnrollment", status=500, exchange="1", withheld=0)
Raised = Exception | None


def wrong() -> Violation:
    return Violation("the patch", "it is lost", ANSWER)


def unexpected() -> ServerError:
    return ServerError("any 2xx", "createEnrollment answered 500", ANSWER)


@pytest.fixture(params=[900, 0], ids=["budget", "no-budget"])
def session(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(shrink_budget, "CALLS", {"quick": request.param})
    return SimpleNamespace(
        effort="quick",
        evidence=SimpleNamespace(id="one", exchanges=[], sent=0),
        kept_examples={},
        settings=SimpleNamespace(shrinks=True),
        shrink_budget=ShrinkBudget("quick", 1),
        journal=SimpleNamespace(write=lambda *_, **__: None),
        delete_created=lambda: None,
    )


def run_one(examples: Examples, raised: Raised) -> None:
    """Run an example that ends so."""
    examples.begin()
    try:
        if raised is not None:
            raise raised
        examples.passed()
    except Exception as error:
        examples.failed(error)
        raise


def judged(session: Any, raised: Iterable[Raised]) -> None:
    """Judge examples of which one after the other ends so, and all that follow pass."""
    examples, left = Examples(session), iter(raised)

    def search(choices: Choices) -> None:
        @hypothesis.seed(5)
        @hypothesis_settings(session, choices=choices)
        @hypothesis.given(st.integers())
        def note(_: int) -> None:
            run_one(examples, next(left, None))

        note()

    examples.run(search)


def test_a_failure_that_does_not_come_again_is_left_open(session):
    with pytest.raises(CannotTell, match="did not repeat"):
        judged(session, [None, wrong()])
    assert not session.shrink_budget.knows(wrong().symptom)


def test_a_failure_that_comes_twice_stays_one_whatever_passes_then(session):
    with pytest.raises(Violation, match="it is lost"):
        judged(session, [None, wrong(), wrong()])
    assert session.shrink_budget.knows(wrong().symptom)


@pytest.mark.parametrize("is_known", [False, True], ids=["first", "known"])
def test_a_first_server_error_begins_the_check_again(session, is_known):
    symptom = status_symptom(ANSWER)
    if is_known:
        session.shrink_budget.settle(session.shrink_budget.allowance(lambda: 0), symptom)
    with pytest.raises(FailedStart):
        judged(session, [None, unexpected()])
    assert session.shrink_budget.knows(symptom) == is_known


def test_a_server_error_that_comes_twice_is_a_failure(session):
    with pytest.raises(WrongStatus) as raised:
        judged(session, [None, unexpected(), unexpected()])
    assert not isinstance(raised.value, ServerError)


def test_a_server_error_is_not_repeated_by_another_failure(session):
    with pytest.raises(FailedStart):
        judged(session, [None, unexpected(), wrong()])
    assert not session.shrink_budget.knows(status_symptom(ANSWER))


def made_smaller(session: Any, again: Callable[[Examples], None]) -> None:
    """Judge an example that fails, of which no smaller one is searched for."""
    session.settings.shrinks = False
    examples = Examples(session)
    with pytest.raises(Violation):
        run_one(examples, wrong())
    examples.make_smaller(lambda _: pytest.fail("searched"), partial(again, examples), "source", 0)


def test_a_failure_that_is_not_made_smaller_is_run_again(session):
    with pytest.raises(CannotTell, match="did not repeat"):
        made_smaller(session, lambda examples: run_one(examples, None))
    with pytest.raises(Violation, match="it is lost"):
        made_smaller(session, lambda examples: run_one(examples, wrong()))
