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
from hypothesis.strategies import SearchStrategy

from osia_conformance.examples import Examples
from osia_conformance.session import Session

MARK = "requirement"
EXAMPLES = {"quick": 3, "standard": 15, "thorough": 100}
"""How many examples a generated check tries, by effort; a check can ask for a multiple."""

STEPS = {"quick": 8, "standard": 15, "thorough": 40}
"""How many operations a random sequence has at most, by effort."""


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
        stateful_step_count=STEPS[session.effort],
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
    examples = Examples(session)

    def example(**drawn: Any) -> None:
        examples.one(lambda: function(**fixtures, **drawn))

    # Hypothesis wants to see the names that it draws for.
    parameters = [inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY) for name in strategies]
    example.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    search = hypothesis.seed(derived_seed(session.seed, session.target.log.id))(hypothesis.given(**strategies)(example))
    examples.run(settings(session, times=times)(search))
