"""What stands in for Hypothesis' database of examples: it hears of the smallest example so far, or gives a kept one."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from hypothesis import Phase
from hypothesis.database import ExampleDatabase

_DERIVED = (b".secondary", b".pareto")
"""How the keys end under which Hypothesis keeps what is not the smallest."""


class Choices(ExampleDatabase):
    """The choices of one search. `phases` are those in which Hypothesis goes through them."""

    phases: tuple[Phase, ...] = ()
    begins_simple = True
    """Whether Hypothesis begins with the simplest example that there is."""

    def fetch(self, key: bytes) -> Iterable[bytes]:
        """Return the kept choices."""
        return ()

    def save(self, key: bytes, value: bytes) -> None:
        """Take note of a failing example that is the smallest so far."""

    def delete(self, key: bytes, value: bytes) -> None:
        """Forget nothing: a search has one example."""

    def move(self, src: bytes, dest: bytes, value: bytes) -> None:
        """Move nothing: what is no longer the smallest is not kept."""


class SearchedChoices(Choices):
    """Tells `found` of each failing example that is the smallest so far; with `shrinks` smaller ones are tried."""

    def __init__(self, found: Callable[[bytes], None], *, shrinks: bool) -> None:
        super().__init__()
        self._found = found
        self.phases = (Phase.generate, Phase.shrink) if shrinks else (Phase.generate,)

    def save(self, key: bytes, value: bytes) -> None:
        """Tell of it."""
        if not key.endswith(_DERIVED):
            self._found(value)


class KeptChoices(Choices):
    """Gives the choices of one example, and lets nothing else be tried.

    Choices that a strategy does not admit are replaced by some that it does.
    """

    phases = (Phase.reuse,)
    begins_simple = False

    def __init__(self, choices: bytes) -> None:
        super().__init__()
        self._choices = choices

    def fetch(self, key: bytes) -> Iterable[bytes]:
        """Return them, under whatever key they are asked for."""
        return () if key.endswith(_DERIVED) else (self._choices,)
