"""How far a failing example is made smaller when its check is judged again: as far as it was in the run.

Time and what other checks had spent decided there, and neither is the same again.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable

from osia_conformance.run.recorded_answers import RecordedAnswers
from osia_conformance.target.shrink_budget import Allowance, ShrinkBudget


class RecordedShrinkBudget(ShrinkBudget):
    """Lets a check try examples for as long as there are `answers` to calls that it has not sent yet."""

    def __init__(self, effort: str, answers: RecordedAnswers) -> None:
        super().__init__(effort, 1)
        self._answers = answers

    def allowance(self, sent: Callable[[], int]) -> Allowance:
        """Return what ends with the recorded answers."""
        return _RecordedAllowance(self._answers, sent)

    @property
    def is_spent(self) -> bool:
        """False: an allowance alone tells."""
        return False

    def knows(self, symptom: Hashable) -> bool:
        """Return False: a failure that was not made smaller has no further answers."""
        return False


class _RecordedAllowance(Allowance):
    def __init__(self, answers: RecordedAnswers, sent: Callable[[], int]) -> None:
        super().__init__(0.0, 0.0, sent)
        self._answers = answers

    @property
    def is_over(self) -> bool:
        return not self._answers.has_more
