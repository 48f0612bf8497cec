"""Which thread judges which check: those that share something on the target come to one thread, which makes it once."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Generic, TypeVar

import pytest

from osia_conformance.run.collection import parameters_of, rank

T = TypeVar("T")

_CALLS = (2, 50, 300)
"""About how many calls a check sends, by its rank of `long`."""


def grouped(items: Iterable[pytest.Item]) -> list[list[pytest.Item]]:
    """Return the tests in groups that share what they need: those of one operation, or of one file, in their order.

    A long one is a group of its own. The group that takes longest comes first.
    """
    return sorted(_by(lambda item: item.nodeid if rank(item) else _shared_by(item), items), key=_calls, reverse=True)


def grouped_in_order(items: Iterable[pytest.Item]) -> list[list[pytest.Item]]:
    """Return the tests in such groups, the long ones among the others and all in their order, where one of them is
    judged at a time: those that fail for what a target does not show come before those that would wait for it, too.
    """
    return _by(_shared_by, items)


def _by(key: Callable[[pytest.Item], str], items: Iterable[pytest.Item]) -> list[list[pytest.Item]]:
    groups: dict[str, list[pytest.Item]] = {}
    for item in items:
        groups.setdefault(key(item), []).append(item)
    return list(groups.values())


def _shared_by(item: pytest.Item) -> str:
    operation = parameters_of(item).get("operation")
    return operation if isinstance(operation, str) else str(item.path)


def _calls(items: Sequence[pytest.Item]) -> int:
    return sum(_CALLS[min(rank(item), len(_CALLS) - 1)] for item in items)


class CheckQueue(Generic[T]):
    """Hands out groups to whoever asks, one member at a time; who has none left takes half of what another has."""

    def __init__(self, groups: Iterable[Iterable[T]]) -> None:
        self._groups = deque(deque(group) for group in groups)
        self._held: dict[str, deque[T]] = {}
        self._lock = threading.Lock()

    def next(self, worker: str) -> T | None:
        """Return what `worker` does next; None if nothing is left."""
        with self._lock:
            own = self._held.get(worker)
            if not own:
                own = self._held[worker] = self._groups.popleft() if self._groups else _half(self._held)
            return own.popleft() if own else None

    def leave(self, worker: str) -> None:
        """Hand what is left of this worker's group to whoever asks next."""
        with self._lock:
            if held := self._held.pop(worker, None):
                self._groups.appendleft(held)

    def stop(self) -> None:
        """Hand out nothing more."""
        with self._lock:
            self._groups.clear()
            self._held.clear()


def _half(held: Mapping[str, deque[T]]) -> deque[T]:
    """Return the last half of the longest of what others hold, which they hold no more."""
    longest: deque[T] = max(held.values(), key=len, default=deque())
    taken = [longest.pop() for _ in range((len(longest) + 1) // 2)]
    return deque(reversed(taken))
