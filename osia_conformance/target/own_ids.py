"""Which enrollment ids a run can have made: they follow from its id, the check and the configured pattern.

A journal may come from anybody, and what it calls "created" is deleted on the target. An id is taken for the run's
only if it can be made again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from osia_conformance.support.ids import IdFactory
from osia_conformance.support.json_types import Record
from osia_conformance.support.secrets import ConfigurationError

_MORE = 1000
"""Ids that a check may have drawn besides those that it created something under."""
_SHORTEST = 8
"""Characters of an id that make it the run's own wherever it stands in a longer one."""


def own_ids(created: Sequence[Record], run_ids: Iterable[str], pattern: str) -> set[str]:
    """Return the ids among the `created` lines of a journal that runs of these ids can have made.

    `pattern` is the configured one. Some checks create an id with another of theirs in it, or its beginning.
    Raises ConfigurationError for a pattern that cannot be used.
    """
    names: dict[str, list[str]] = {}
    for line in created:
        names.setdefault(line["check"], []).append(line["enrollment"])
    own: set[str] = set()
    for run_id in run_ids:
        factory = IdFactory(pattern, run_id)
        for check, found in names.items():
            left = [name for name in found if name not in own]
            own.update(_made(factory, check, left))
    return own


def _made(factory: IdFactory, check: str, names: Sequence[str]) -> set[str]:
    exact, others = Counter(names), {name: name.lower() for name in names}
    found: set[str] = set()
    for number in range(len(names) + _MORE):
        if len(found) == len(exact):
            break
        try:
            made = factory.id(check, number)
        except ConfigurationError:
            break
        if made in exact:
            found.add(made)
        if len(made) >= _SHORTEST:
            lower = made.lower()
            found.update(name for name, text in others.items() if lower in text or text == lower[:-1])
    return found
