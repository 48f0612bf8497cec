"""Checks that share something come to one thread, and no thread is idle while another has more than it judges now."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest

from osia_conformance.run.check_queue import CheckQueue, grouped, grouped_in_order


@dataclass(eq=False)
class Item:
    """A test with its file, its `operation`, and its `long` mark."""

    nodeid: str
    path: str = "test_a.py"
    operation: str | None = None
    rank: int = 0
    callspec: Any = field(init=False)

    def __post_init__(self) -> None:
        self.callspec = SimpleNamespace(params={"operation": self.operation} if self.operation else {})

    def get_closest_marker(self, _: str) -> object:
        return pytest.mark.long(self.rank).mark if self.rank else None


def test_those_of_an_operation_or_a_file_stay_together_and_the_longest_come_first() -> None:
    items: list[Any] = [
        Item("a"),
        Item("b", operation="READ"),
        Item("c", rank=1, operation="READ"),
        Item("d", rank=2),
        Item("e", path="test_b.py", operation="READ"),
        Item("f", path="test_b.py"),
        Item("g"),
        Item("h"),
    ]
    assert [[item.nodeid for item in group] for group in grouped(items)] == [
        ["d"],
        ["c"],
        ["a", "g", "h"],
        ["b", "e"],
        ["f"],
    ]
    assert [[item.nodeid for item in group] for group in grouped_in_order(items)] == [
        ["a", "d", "g", "h"],
        ["b", "c", "e"],
        ["f"],
    ]


def test_each_worker_has_a_group_and_then_half_of_what_another_has() -> None:
    check_queue = CheckQueue(["abcdef", "xy"])
    assert [check_queue.next("one"), check_queue.next("two"), check_queue.next("two")] == ["a", "x", "y"]
    assert [check_queue.next("two"), check_queue.next("one"), check_queue.next("one")] == ["d", "b", "c"]
    assert [check_queue.next("one"), check_queue.next("two"), check_queue.next("two")] == ["f", "e", None]


def test_what_a_waiting_worker_leaves_comes_next() -> None:
    check_queue = CheckQueue(["abc", "de"])
    assert check_queue.next("one") == "a"
    check_queue.leave("one")
    check_queue.leave("two")
    assert [check_queue.next(worker) for worker in ("two", "one", "two", "one")] == ["b", "d", "c", "e"]
    assert check_queue.next("one") is None


def test_each_is_handed_out_once_whoever_asks() -> None:
    check_queue, found = CheckQueue([range(number, number + 50) for number in range(0, 1000, 50)]), Counter[int]()

    def ask(worker: str) -> None:
        while (one := check_queue.next(worker)) is not None:
            found[one] += 1

    threads = [threading.Thread(target=ask, args=(str(number),)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == Counter(range(1000))


def test_after_the_end_nothing_is_handed_out() -> None:
    check_queue = CheckQueue(["abc", "de"])
    assert check_queue.next("one") == "a"
    check_queue.stop()
    assert [check_queue.next("one"), check_queue.next("two")] == [None, None]
