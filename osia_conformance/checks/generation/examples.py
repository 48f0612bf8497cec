"""Running a check on many examples: clean evidence for each, a bounded search for the smallest failure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis.errors import FlakyFailure, FlakyStrategyDefinition, Unsatisfiable

from osia_conformance.support.seeded_draws import steady_draws
from osia_conformance.target.outcome_errors import CannotTell, FailedStart, Inapplicable, ServerError
from osia_conformance.target.retry import judged_with_retry
from osia_conformance.target.session import Session

TRIES = {"quick": 12, "standard": 100, "thorough": 400}
"""How many more examples are run, by effort, to make a failing one smaller."""


class _Enough(BaseException):
    """The search for a smaller failure took long enough; no Exception, so that nothing takes it for one."""


class Examples:
    """The examples of one running check. Give `run` what calls Hypothesis, and each example to `one`."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._judged = 0
        self._tries = 0
        self._open = CannotTell("no generated example could be judged")
        self._smallest: tuple[int, Exception, list[dict[str, Any]]] | None = None

    def run(self, search: Callable[[], None]) -> None:
        """Search for a failing example.

        Raises its Violation, or CannotTell if no example could be judged, or a failure did not repeat.
        """
        try:
            with steady_draws():
                search()
        except _Enough:
            self._raise_smallest()
        except FlakyStrategyDefinition:
            # An example that was ended before it drew anything drew less than the same one before: no fault of ours.
            # Nor where the target's answers, which a sequence goes by, were others the second time.
            if self._is_enough():
                self._raise_smallest()
            self._raise_flaky()
        except Unsatisfiable:
            raise self._open from None
        except FlakyFailure:
            self._raise_flaky()
        self.end()

    def end(self) -> None:
        """End the examples: CannotTell if none could be judged."""
        if not self._judged:
            raise self._open

    def one(self, example: Callable[[], None]) -> None:
        """Run one example: one that cannot be judged is passed over."""
        self.begin()
        try:
            judged_with_retry(self._session, example)
            self._judged += 1
        except CannotTell as error:
            # By which answer, is what other findings may explain; a second run of all examples would not help.
            self._open = CannotTell(error.reason, error.response, error.symptom)
        except Inapplicable as error:
            self._open = CannotTell(error.reason)
        except AssertionError as error:
            self.failed(error)
            raise
        finally:
            self.tidy()

    def tidy(self) -> None:
        """Delete what the example made; that is no evidence of what was judged."""
        exchanges = self._session.evidence.exchanges
        known = len(exchanges)
        self._session.delete_created()
        del exchanges[known:]

    def begin(self) -> None:
        """Start an example with clean evidence; ends the search when it has taken long enough."""
        if self._smallest is not None:
            self._tries += 1
            if self._is_enough():
                raise _Enough
        self._session.evidence.exchanges.clear()

    def _is_enough(self) -> bool:
        return self._tries > TRIES[self._session.effort]

    def passed(self) -> None:
        """Note an example that was judged to the end."""
        self._judged += 1

    def failed(self, error: Exception) -> None:
        """Note a failing example; the one with the fewest exchanges is kept."""
        evidence = list(self._session.evidence.exchanges)
        if self._smallest is None or len(evidence) <= self._smallest[0]:
            self._smallest = (len(evidence), error, evidence)

    def _raise_flaky(self) -> None:
        if self._smallest is None:
            raise CannotTell("the same calls were not answered alike a second time")
        error = self._smallest[1]
        if isinstance(error, ServerError) and error.response is not None:
            raise FailedStart(error.actual, error.response) from None
        if isinstance(error, FailedStart):
            raise error from None
        raise CannotTell(f"a failure did not repeat with fresh ids: {error}") from None

    def _raise_smallest(self) -> None:
        assert self._smallest is not None
        _, error, evidence = self._smallest
        self._session.evidence.exchanges[:] = evidence
        raise error
