"""The scope of an integrity or encryption block: which nodes of an object it is about."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from typing import Any

Place = tuple[str | int, ...]
"""Where a node stands: names and indices from the object that holds the block."""

_STEP = re.compile(
    r"""\.?(?P<name>[A-Za-z_]\w*)
      | (?P<all>\[\*])
      | \[\?@\.(?P<member>[A-Za-z_]\w*)==(?P<quote>['"])(?P<value>[^'"]*)(?P=quote)]""",
    re.VERBOSE,
)


MOST_PATHS = 1_000
MOST_PLACES = 100_000
"""Paths that a scope may have, and nodes that they may name between them: a server chooses both."""


def places(owner: Any, scope: str) -> list[Place]:
    """Return where the nodes of a scope stand in the object that holds its block, in the order of the scope.

    `scope` is a list of JSON paths with white space between them. Of RFC 9535 it takes what this suite's blocks and
    the standard's examples use: names, `[*]`, and a filter by the text of one member, `[?@.id=='1']`. The
    leading `$` may be there or not (RUL-INTEGRITY). Raises ValueError for any other path, and for more than is read.
    """
    paths = dict.fromkeys(scope.split(maxsplit=MOST_PATHS))
    if len(paths) > MOST_PATHS:
        raise ValueError(f"it holds more than {MOST_PATHS:,} paths")
    found = (place for path in paths for place in _found(owner, _steps(path), ()))
    kept = list(itertools.islice(found, MOST_PLACES + 1))
    if len(kept) > MOST_PLACES:
        raise ValueError(f"it names more than {MOST_PLACES:,} nodes")
    return kept


def limited(owner: Any, kept: list[Place]) -> Any:
    """Return the object with nothing but the nodes at `kept` in it; lists close up over what is left out."""
    if () in kept:
        return owner
    below: dict[str | int, list[Place]] = {}
    for head, *rest in kept:
        below.setdefault(head, []).append(tuple(rest))
    if isinstance(owner, dict):
        return {name: limited(value, below[name]) for name, value in owner.items() if name in below}
    return [limited(value, below[index]) for index, value in enumerate(owner) if index in below]


def node(owner: Any, place: Place) -> Any:
    """Return the node at a place. Raises LookupError or TypeError if there is none."""
    for step in place:
        owner = owner[step]
    return owner


def _steps(path: str) -> list[re.Match[str]]:
    steps, at, text = [], 0, path.removeprefix("$")
    while at < len(text):
        step = _STEP.match(text, at)
        if step is None:
            raise ValueError(f"{path!r} is no path of names, [*] and [?@.name=='text']")
        steps.append(step)
        at = step.end()
    return steps


def _found(value: Any, steps: list[re.Match[str]], place: Place) -> Iterator[Place]:
    if not steps:
        yield place
        return
    for key, child in _children(value, steps[0]):
        yield from _found(child, steps[1:], (*place, key))


def _children(value: Any, step: re.Match[str]) -> Iterator[tuple[str | int, Any]]:
    if name := step["name"]:
        if isinstance(value, dict) and name in value:
            yield name, value[name]
    elif isinstance(value, list):
        for index, child in enumerate(value):
            if step["all"] or (isinstance(child, dict) and child.get(step["member"]) == step["value"]):
                yield index, child
