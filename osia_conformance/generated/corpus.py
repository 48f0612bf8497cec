"""The examples of a generated check: drawn once for a seed, and searched again only to make a failure smaller."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import hypothesis
from hypothesis import Phase
from hypothesis.strategies import SearchStrategy

from osia_conformance.generated.draws import steady_draws

_KEPT: dict[Hashable, Sequence[Mapping[str, Any]]] = {}
"""What was drawn in this process: drawing costs more than sending, and depends on the key alone."""


@dataclass(frozen=True, slots=True)
class Corpus:
    """Where a check's examples come from; `label` is the check's id."""

    strategies: Mapping[str, SearchStrategy[Any]]
    settings: hypothesis.settings
    label: str

    def examples(self, seed: int, key: Hashable) -> Sequence[Mapping[str, Any]]:
        """Return the examples for a seed; `key` holds all else that they depend on (version, effort, profile)."""
        place = (seed, key, self.label)
        if place not in _KEPT:
            drawn: list[Mapping[str, Any]] = []
            self._run(seed, lambda **values: drawn.append(values), (Phase.generate,))
            _KEPT[place] = drawn
        return _KEPT[place]

    def search(self, seed: int, function: Callable[..., None]) -> None:
        """Let Hypothesis find the failing example anew and make it smaller; raises what the smallest raises."""
        self._run(seed, function, (Phase.generate, Phase.shrink))

    def _run(self, seed: int, function: Callable[..., None], phases: Sequence[Phase]) -> None:
        def example(**drawn: Any) -> None:
            function(**drawn)

        # Hypothesis wants to see the names that it draws for.
        parameters = [inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY) for name in self.strategies]
        example.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        run = hypothesis.seed(seed)(hypothesis.given(**self.strategies)(example))
        with steady_draws():
            hypothesis.settings(self.settings, phases=phases)(run)()
