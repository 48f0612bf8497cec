"""Running a check on many examples: clean evidence for each, a bounded search for the smallest failure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from unittest import SkipTest

from hypothesis.errors import FlakyFailure, FlakyStrategyDefinition, HypothesisException, Unsatisfiable

from osia_conformance.checks.generation.choices import Choices, KeptChoices, SearchedChoices
from osia_conformance.support.seeded_draws import steady_draws
from osia_conformance.target.outcome_errors import (
    CannotTell,
    FailedStart,
    Inapplicable,
    ServerError,
    Violation,
    WrongStatus,
)
from osia_conformance.target.recorder import ExchangeRecord
from osia_conformance.target.retry import judged_with_retry
from osia_conformance.target.session import Session
from osia_conformance.target.shrink_budget import Allowance
from osia_conformance.verdict.kept_examples import KIND, MOST_BYTES, KeptExample
from osia_conformance.verdict.symptom import Symptom

Search = Callable[[Choices], None]
"""Lets Hypothesis go through examples by these choices and their phases; raises what the last failing one raised."""

SEQUENCES = "sequences"
"""The source of examples that Hypothesis draws while they run."""


_LEAST_TRIES = 3
"""Examples that are tried after a failure whatever it costs: among them Hypothesis runs the failing one again."""


class _Enough(BaseException):
    """No further example is to be tried; no Exception, so that nothing takes it for one."""


@dataclass(frozen=True, slots=True)
class _Failure:
    """A failing example: what it raised, and the exchanges that led to it."""

    error: Exception
    exchanges: Sequence[ExchangeRecord]


class Examples:
    """The examples of one running check. Give `run` what calls Hypothesis, and each example to `one`."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._judged = 0
        self._open = CannotTell("no generated example could be judged")
        self._last: _Failure | None = None
        self._smallest: _Failure | None = None
        self._choices: bytes | None = None
        self._allowance: Allowance | None = None
        self._twice: _Failure | None = None
        self._tries = 0
        self._is_replay = False

    def run(self, search: Search) -> None:
        """Let Hypothesis draw examples while they run: first the one that failed in the run before, if there is one.

        Raises its Violation, or CannotTell if no example could be judged, or a failure did not repeat.
        """
        kept = self._session.kept_examples.get(self._session.evidence.id)
        if kept is not None and kept.source == SEQUENCES and kept.choices is not None:
            self.replay(search, kept)
        self._search(search, SEQUENCES)
        self.end()

    def replay(self, search: Search, kept: KeptExample) -> None:
        """Run an example that failed in an earlier run, and nothing else; raises what it raises if it fails again.

        One that cannot be drawn any more, or cannot be judged, leaves it to the others to tell.
        """
        self._is_replay = True
        try:
            with steady_draws():
                search(KeptChoices(kept.choices or b""))
        except _Enough:
            self._raise_again(kept)
        except (HypothesisException, SkipTest):
            pass
        finally:
            self._is_replay = False
            self._smallest = self._twice = None

    def _raise_again(self, kept: KeptExample) -> None:
        if self._smallest is not None and isinstance(self._smallest.error, Violation | FailedStart):
            self._keep(kept)
            self._raise_smallest()

    def make_smaller(self, search: Search, again: Callable[[], None], source: str, number: int) -> None:
        """Search for a smaller example than the failing one, the `number`th of its source; raises what shows it.

        Nothing smaller is tried in a run of what failed before, without a budget, or for a symptom that was made
        smaller: only `again` is called then, which runs the failing one. Raises CannotTell if it does not fail again.
        """
        assert self._smallest is not None
        if not self._shrinks or self._is_known(self._smallest.error):
            self._keep(KeptExample(source, number))
        else:
            self._choices = None
            self._search(search, source)
        if self._twice is None:
            with suppress(AssertionError, _Enough):
                again()
        self._raise_found()

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
            # By what it came after, Hypothesis would take it for another failure the second time.
            error.__context__ = None
            self.failed(error)
            if isinstance(error, ServerError):
                # The example was run again after a first one.
                self._twice = self._twice or self._last
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
        """Start an example with clean evidence; ends the search where no further one is to be tried."""
        if self._smallest is not None:
            if self._is_enough():
                raise _Enough
            self._tries += 1
        self._session.evidence.exchanges.clear()

    def passed(self) -> None:
        """Note an example that was judged to the end."""
        self._judged += 1

    def failed(self, error: Exception) -> None:
        """Note a failing example; a kept one ends the search. What Hypothesis raises of its own is no failure."""
        self._last = None
        if isinstance(error, HypothesisException):
            return
        self._last = _Failure(error, list(self._session.evidence.exchanges))
        if self._smallest is None:
            self._smallest = self._last
            self._allowance = self._session.shrink_budget.allowance(self._calls)
            self._tries = 0
        elif self._twice is None:
            self._note_repeat(self._last)
        if self._is_replay:
            raise _Enough

    def _note_repeat(self, failure: _Failure) -> None:
        """Note a failure after the first, if it repeats that one: a 500 must come from the same operation again."""
        assert self._smallest is not None
        first, error = self._smallest.error, failure.error
        is_other = isinstance(first, ServerError) and _symptom(error) != _symptom(first)
        if isinstance(first, Violation) and isinstance(error, Violation) and not is_other:
            self._twice = failure

    def repeated(self) -> None:
        """Note that the failing example from which the search starts came up again, without sending it."""
        self._last = self._smallest

    @property
    def _shrinks(self) -> bool:
        return self._session.settings.shrinks and not self._session.shrink_budget.is_spent

    def _is_known(self, error: Exception) -> bool:
        return self._session.shrink_budget.knows(_symptom(error))

    def _is_enough(self) -> bool:
        """Whether nothing is tried any more: each failure is to be seen twice before the budget has a say."""
        assert self._smallest is not None
        if not isinstance(self._smallest.error, Violation):
            return True
        if self._twice is None and self._tries < _LEAST_TRIES:
            return False
        if self._twice is not None and self._is_known(self._smallest.error):
            return True
        return not self._shrinks or self._allowance is None or self._allowance.is_over

    def _search(self, search: Search, source: str) -> None:
        """Search for a failing example and a smaller one; raises what shows the smallest."""
        try:
            with steady_draws():
                search(SearchedChoices(self._found, shrinks=self._session.settings.shrinks))
        except _Enough:
            self._raise_found()
        except FlakyStrategyDefinition:
            # An example that was ended before it drew anything drew less than the same one before: no fault of ours.
            # Nor where the target's answers, which a sequence goes by, were others the second time.
            if self._smallest is not None and self._is_enough():
                self._raise_found()
            self._raise_flaky()
        except Unsatisfiable:
            raise self._open from None
        except FlakyFailure:
            self._raise_flaky()
        except ServerError as error:
            raise _confirmed(error) from None
        finally:
            self._settle(source)

    def _found(self, choices: bytes) -> None:
        """Note the choices of the example that failed last: it is the smallest so far, for Hypothesis at least."""
        if self._last is None or self._smallest is None:
            return
        if self._twice is None and self._last is not self._smallest:
            # Another failure than the first one, which may have been chance.
            return
        if self._choices is None or len(self._last.exchanges) <= len(self._smallest.exchanges):
            self._smallest, self._choices = self._last, choices

    def _settle(self, source: str) -> None:
        """Take what was spent off the budget, and keep the example for a run of what failed.

        Only a failure that came twice has a symptom that others need not be made smaller for.
        """
        if self._smallest is None or not isinstance(self._smallest.error, Violation):
            return
        if self._allowance is not None:
            symptom = _symptom(self._smallest.error) if self._twice is not None else None
            self._session.shrink_budget.settle(self._allowance, symptom)
        if self._choices is not None and len(self._choices) <= MOST_BYTES:
            self._keep(KeptExample(source, choices=self._choices))

    def _keep(self, kept: KeptExample) -> None:
        self._session.journal.write(KIND, check=self._session.evidence.id, **kept.as_members())

    def _calls(self) -> int:
        return self._session.evidence.sent

    def _raise_flaky(self) -> None:
        if self._twice is not None:
            # It came twice, whatever it or a smaller one did then.
            self._smallest = self._twice
            self._raise_smallest()
        if self._smallest is None:
            raise CannotTell("the same calls were not answered alike a second time")
        error = self._smallest.error
        if isinstance(error, ServerError) and error.response is not None:
            raise FailedStart(error.actual, error.response) from None
        if isinstance(error, FailedStart):
            raise error from None
        raise CannotTell(f"a failure did not repeat with fresh ids: {error}") from None

    def _raise_found(self) -> None:
        """Raise what shows the smallest failure, or that it did not come twice."""
        assert self._smallest is not None
        if self._twice is None and isinstance(self._smallest.error, Violation):
            self._raise_flaky()
        self._raise_smallest()

    def _raise_smallest(self) -> None:
        assert self._smallest is not None
        self._session.evidence.exchanges[:] = self._smallest.exchanges
        error = self._smallest.error
        raise error if self._is_replay else _confirmed(error) from None


def _confirmed(error: Exception) -> Exception:
    """Return what a failure raises that came twice, so that a first 500 in it does not begin all examples again."""
    if isinstance(error, ServerError) and error.response is not None:
        return WrongStatus(error.expected, error.actual, error.response)
    return error


def _symptom(error: Exception) -> Symptom | str:
    return error.symptom if isinstance(error, Violation) else type(error).__name__
