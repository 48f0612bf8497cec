"""How a check is written: `requirement` ties a test to the register, `given` draws labelled data for it."""

from __future__ import annotations

import functools
import hashlib
import inspect
import logging
from collections.abc import Callable, Mapping
from typing import Any

import hypothesis
import pytest
from hypothesis import HealthCheck, Phase
from hypothesis.errors import FlakyFailure, Unsatisfiable
from hypothesis.strategies import SearchStrategy

from osia_conformance.expectations import CannotTell, Inapplicable
from osia_conformance.session import Session

MARK = "requirement"
EXAMPLES = {"quick": 4, "standard": 15, "thorough": 100}
"""How many examples a generated check tries, by effort; a check can ask for a multiple."""


def requirement(name: str) -> pytest.MarkDecorator:
    """Tie a check to the requirement `name`; "{operation}" and "{fact}" are filled from its parameters."""
    return pytest.mark.requirement(name)


def derived_seed(seed: int, label: str) -> int:
    """Return the seed for one check: the same for the same run seed and check, whatever ran before."""
    return int.from_bytes(hashlib.sha256(f"{seed}/{label}".encode()).digest()[:8], "big")


def settings(session: Session, *, times: float = 1) -> hypothesis.settings:
    """Return how Hypothesis runs a check at the session's effort: bounded, without a database or deadline."""
    logging.getLogger("hypothesis").setLevel(logging.ERROR)
    return hypothesis.settings(
        max_examples=max(1, round(EXAMPLES[session.effort] * times)),
        deadline=None,
        database=None,
        derandomize=False,
        print_blob=False,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate, Phase.shrink),
        verbosity=hypothesis.Verbosity.quiet,
    )


def given(
    *, times: float = 1, **strategies: SearchStrategy[Any]
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Run a check on generated data, as Hypothesis's own `given` does, at the session's effort and seed.

    The check takes the `enrollments` fixture. Each example starts with clean evidence and ends with its
    enrollments deleted; a failure is shrunk, and only the smallest example is shown. An example that cannot be
    judged is passed over; if none could be, the check ends as cantTell.
    """

    def decorate(function: Callable[..., None]) -> Callable[..., None]:
        signature = inspect.signature(function)
        fixtures = [parameter for name, parameter in signature.parameters.items() if name not in strategies]

        @functools.wraps(function)
        def check(**values: Any) -> None:
            _run_examples(function, strategies, values, times)

        check.__signature__ = signature.replace(parameters=fixtures)  # type: ignore[attr-defined]
        return check

    return decorate


def _run_examples(
    function: Callable[..., None],
    strategies: Mapping[str, SearchStrategy[Any]],
    fixtures: Mapping[str, Any],
    times: float,
) -> None:
    session: Session = fixtures["enrollments"].session
    guard = _Guard(function, fixtures, session)
    run = hypothesis.given(**strategies)(_as_keywords(guard, strategies))
    run = settings(session, times=times)(
        hypothesis.seed(derived_seed(session.seed, session.target.log.id))(run)
    )
    try:
        run()
    except Unsatisfiable:
        raise CannotTell(guard.open or "no generated example could be judged") from None
    except FlakyFailure:
        raise CannotTell(f"a failure did not repeat with fresh ids: {guard.last}") from None
    if not guard.judged:
        raise CannotTell(guard.open or "no generated example could be judged")


class _Guard:
    """Runs one example: clean evidence before, clean target after, open cases passed over."""

    def __init__(self, function: Callable[..., None], fixtures: Mapping[str, Any], session: Session) -> None:
        self.function = function
        self.fixtures = fixtures
        self.session = session
        self.judged = 0
        self.open = ""
        self.last = ""

    def __call__(self, **drawn: Any) -> None:
        self.session.target.log.exchanges.clear()
        try:
            self.function(**self.fixtures, **drawn)
            self.judged += 1
        except (CannotTell, Inapplicable) as error:
            self.open = error.reason
            hypothesis.reject()
        except AssertionError as error:
            self.last = str(error)
            raise
        finally:
            self.session.tidy()


def _as_keywords(guard: _Guard, strategies: Mapping[str, Any]) -> Callable[..., None]:
    """Return the guard as a function with the strategies' names as keywords, as Hypothesis wants to see it."""

    def example(**drawn: Any) -> None:
        guard(**drawn)

    parameters = [inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY) for name in strategies]
    example.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    return example
