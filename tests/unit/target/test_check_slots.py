"""How many checks are judged at once follows from the target: its latency, its rate, and what it puts off."""

from __future__ import annotations

from threading import Event, Thread

import pytest

from osia_conformance.target.check_slots import CheckSlots, RunEnded, threads_for
from osia_conformance.target.response import Response
from tests.harness.running import until

SERVED = Response("readEnrollment", "t1.1", 200, elapsed=0.02)
SLOW = Response("readEnrollment", "t1.1", 200, elapsed=0.06)
BUSY = Response("readEnrollment", "t1.1", 429)


@pytest.mark.parametrize(
    ("latency", "rate", "threads"),
    [
        (None, 0, 1),
        (0.0, 0, 1),
        (0.003, 0, 1),
        (0.005, 0, 2),
        (0.02, 0, 11),
        (0.1, 0, 16),
        (10.0, 0, 16),
        (0.1, 10, 2),
        (0.1, 1, 2),
        (0.02, 1000, 11),
        (0.003, 10, 1),
    ],
)
def test_the_number_follows_from_latency_and_rate(latency: float | None, rate: float, threads: int) -> None:
    assert threads_for(latency, rate) == threads


def recorded(slots: CheckSlots, *responses: Response) -> int:
    for one in responses:
        slots.record(one)
    return slots.allowed


def test_half_as_many_are_judged_after_a_call_that_was_put_off() -> None:
    slots = CheckSlots(16, 0.02)
    assert recorded(slots, BUSY) == 8
    # Those that were under way beside it say nothing new.
    assert recorded(slots, *[BUSY] * 8) == 8
    assert recorded(slots, BUSY) == 4
    assert recorded(slots, *[BUSY] * 100) == 1


def test_half_as_many_are_judged_when_the_target_takes_twice_as_long() -> None:
    slots = CheckSlots(8, 0.02)
    assert recorded(slots, *[SERVED] * 200) == 8
    assert recorded(slots, *[SLOW] * 48) == 4
    assert recorded(slots, *[SLOW] * 480) == 1


def test_a_latency_that_was_not_known_is_that_of_the_first_calls() -> None:
    slots = CheckSlots(8)
    assert recorded(slots, *[SLOW] * 480) == 8


def test_one_more_is_judged_after_calls_that_went_well() -> None:
    slots = CheckSlots(8, 0.02)
    recorded(slots, BUSY)
    assert recorded(slots, *[SERVED] * 47) == 4
    assert recorded(slots, *[SERVED] * 48) == 4
    assert recorded(slots, *[SERVED] * 48) == 5
    assert recorded(slots, *[SERVED] * 4800) == 8


def test_no_more_are_judged_than_allowed() -> None:
    slots, order = CheckSlots(1), []
    slots.take()
    waiting = Thread(target=lambda: (slots.take(), order.append("second")))
    waiting.start()
    order.append("first")
    slots.give_back()
    waiting.join()
    assert order == ["first", "second"]


def test_one_that_waits_lets_another_be_judged_and_goes_on_before_the_next() -> None:
    slots, order = CheckSlots(1), []
    begun, is_back = Event(), Event()

    def waiting() -> None:
        slots.take()
        with slots.given_up():
            begun.set()
            is_back.wait()
        order.append("the one that waited")
        slots.give_back()

    def new() -> None:
        slots.take()
        order.append("a new one")
        slots.give_back()

    threads = [Thread(target=waiting), Thread(target=new)]
    threads[0].start()
    begun.wait()
    # The only place is free while it waits.
    slots.take()
    order.append("another")
    is_back.set()
    until(lambda: slots._coming_back == 1, "it asks for its place")
    threads[1].start()
    slots.give_back()
    for thread in threads:
        thread.join()
    assert order == ["another", "the one that waited", "a new one"]


def test_one_that_waits_past_the_end_goes_on_no_more() -> None:
    slots = CheckSlots(1)
    slots.take()
    with pytest.raises(RunEnded), slots.given_up():
        slots.end()


def test_after_the_end_nothing_is_judged_nor_sent() -> None:
    slots, ended = CheckSlots(1), []
    slots.take()

    def second() -> None:
        with pytest.raises(RunEnded):
            slots.take()
        ended.append(True)

    waiting = Thread(target=second)
    waiting.start()
    slots.end()
    waiting.join()
    assert ended == [True]
    with pytest.raises(RunEnded):
        slots.require()
