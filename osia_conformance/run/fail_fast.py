"""Which requirements failed so far, and whether that is enough for a run to stop (`--fail-fast`)."""

from __future__ import annotations

from collections.abc import Mapping

from osia_conformance.standard.register import Requirement


class FailedRequirements:
    """Counts requirements that failed. `most` is how many end the run, None for a run that goes on."""

    def __init__(self, most: int | None) -> None:
        self._most = most
        self._names: set[str] = set()

    def __bool__(self) -> bool:
        """Return whether any failed."""
        return bool(self._names)

    def add(self, name: str) -> None:
        """Note that a requirement failed."""
        self._names.add(name)

    def reason_to_stop(self, known: Mapping[str, Requirement]) -> str | None:
        """Return why nothing more is to be judged, None where the run goes on; `known` is the register.

        What needs another one that failed may show the same fault, and does not count.
        """
        if self._most is None:
            return None
        apart = [name for name in self._names if self._names.isdisjoint(known[name].needs)]
        if len(apart) < self._most:
            return None
        return f"the run was stopped: {len(apart)} requirement{'' if len(apart) == 1 else 's'} failed (fail-fast)"
