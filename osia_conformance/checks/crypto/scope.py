"""The scope of an integrity or encryption block: which nodes of an object it is about."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jsonpath import JSONPathEnvironment

Place = tuple[str | int, ...]
"""Where a node stands: names and indices from the object that holds the block."""

MOST_PATHS = 1_000
MOST_PLACES = 100_000
"""Paths that a scope may have, and nodes that they may name between them: a server chooses both."""
_LONGEST = 500
_MOST_FILTERS = 3


def places(owner: Any, scope: str) -> list[Place]:
    """Return where the nodes of a scope stand in the object that holds its block, in the order of the scope.

    `scope` is a list of JSON paths (RFC 9535) with white space between them. The leading `$` may be there or not
    (RUL-INTEGRITY). Raises ValueError for what is no such path, and for more than is read: functions, descendants,
    several selectors at one place, queries from the root within a filter.
    """
    paths = dict.fromkeys(scope.split(maxsplit=MOST_PATHS))
    if len(paths) > MOST_PATHS:
        raise ValueError(f"it holds more than {MOST_PATHS:,} paths")
    found = (place for path in paths for place in _found(owner, path))
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


@cache
def _environment() -> JSONPathEnvironment:
    from jsonpath import JSONPathEnvironment  # noqa: PLC0415 - slow, and needed from version 1.3.0 on

    environment = JSONPathEnvironment(strict=True)
    # Functions take regular expressions, which a server could choose so that they never end.
    environment.function_extensions.clear()
    return environment


def _found(owner: Any, path: str) -> Iterator[Place]:
    from jsonpath import JSONPathError  # noqa: PLC0415 - as above

    try:
        for match in _environment().finditer(_absolute(path), owner):
            yield tuple(match.parts)
    except (JSONPathError, RecursionError):
        # The library's own words do not always fit a sentence, and are not always there.
        raise ValueError(f"{path!r} is no JSONPath that is read here") from None


def _absolute(path: str) -> str:
    """Return a path with its leading `$`. Raises ValueError for one whose cost grows faster than what it reads."""
    text = path if path.startswith("$") else f"${path}" if path.startswith("[") else f"$.{path}"
    unbounded = any(each in text[1:] for each in ("..", ",", "$"))
    if unbounded or len(text) > _LONGEST or text.count("?") > _MOST_FILTERS:
        raise ValueError(f"{path!r} is no JSONPath that is read here")
    return text
