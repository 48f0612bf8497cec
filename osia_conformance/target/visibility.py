"""How long a search is polled for a write that it does not show yet (RUL-VISIBILITY)."""

from __future__ import annotations

_MISSES_IN_ROW = 3
"""After so many polls in a row that showed nothing within the whole time, a tenth of it must do."""


class SearchVisibility:
    """Knows, for one session, whether searches show writes at all. `within` is seconds."""

    def __init__(self, within: float) -> None:
        self.within = within
        self._misses = 0

    @property
    def optional_within(self) -> float:
        """Seconds to poll where a write that is not shown fails nothing."""
        return self.within if self._misses < _MISSES_IN_ROW else self.within / 10

    def record(self, *, shown: bool) -> None:
        """Note whether a poll showed what it waited for."""
        self._misses = 0 if shown else self._misses + 1
