"""The examples of a generated check: drawn once for a seed, and searched again only to make a failure smaller."""

from __future__ import annotations

import inspect
import threading
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import hypothesis
from hypothesis import Phase
from hypothesis.strategies import SearchStrategy

from osia_conformance.checks.generation.choices import Choices
from osia_conformance.support.seeded_draws import steady_draws

_KEPT: dict[Hashable, Sequence[Mapping[str, Any]]] = {}
"""What was drawn in this process, or ahead for it. Drawing costs more than sending, and depends on the place alone:
sessions in several threads share it, and what two of them draw for one place is the same."""

_DRAWING = threading.Lock()


def keep(place: Hashable, examples: Sequence[Mapping[str, Any]]) -> None:
    """Keep what was drawn for a place, whoever drew it."""
    _KEPT.setdefault(place, examples)


@dataclass(frozen=True, slots=True)
class Corpus:
    """Where a check's examples come from. `label` is the check's id, `seed` that of the run and the label; `key` holds
    all else that they depend on (version, effort, profile)."""

    strategies: Mapping[str, SearchStrategy[Any]]
    settings: hypothesis.settings
    label: str
    seed: int
    key: Hashable

    @property
    def place(self) -> Hashable:
        """What the examples depend on, and nothing else."""
        return self.seed, self.key, self.label

    @property
    def drawn(self) -> bool:
        """Whether the examples are there already."""
        return self.place in _KEPT

    def examples(self) -> Sequence[Mapping[str, Any]]:
        """Return the examples."""
        if not self.drawn:
            # Drawing is all processor time, which threads would only take from each other.
            with _DRAWING:
                self._draw()
        return _KEPT[self.place]

    def _draw(self) -> None:
        if self.drawn:
            return
        drawn: list[Mapping[str, Any]] = []
        self._run(lambda **values: drawn.append(values), (Phase.generate,))
        keep(self.place, drawn)

    def search(self, function: Callable[..., None], choices: Choices) -> None:
        """Let Hypothesis go through the examples anew, by these choices and their phases; raises what the last failing
        one raises."""
        self._run(function, choices.phases, choices)

    def _run(self, function: Callable[..., None], phases: Sequence[Phase], choices: Choices | None = None) -> None:
        def example(**drawn: Any) -> None:
            function(**drawn)

        # Hypothesis wants to see the names that it draws for.
        parameters = [inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY) for name in self.strategies]
        example.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        run = hypothesis.seed(self.seed)(hypothesis.given(**self.strategies)(example))
        with steady_draws():
            hypothesis.settings(self.settings, phases=phases, database=choices)(run)()
