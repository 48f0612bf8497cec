"""Threads that judge checks side by side, each with a session of its own."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from osia_conformance.run.check_call import CheckCall
from osia_conformance.run.check_queue import CheckQueue
from osia_conformance.run.execution import CheckResult, judge_if_final
from osia_conformance.run.hooks import CHECK
from osia_conformance.target.check_slots import CheckSlots, RunEnded
from osia_conformance.target.session import Session
from osia_conformance.wire.status_codes import PUT_OFF

_GRACE = 1.0
"""Seconds that a run which was ended leaves the calls under way, so that it knows what they left on the target."""

_LOOK = 5.0
"""Seconds between two looks at whether the threads are alive."""

_MOST_AGAIN = 40
"""Checks that are judged again alone; a target that puts off everybody costs no more than that."""


Call = tuple[pytest.Item, CheckCall]


@dataclass(frozen=True, slots=True)
class JudgedItem:
    """A test with the result of its check, or the error that a thread met instead of one. Neither of them: the check
    is to be judged again with none beside it. `began` is seconds since the epoch, `seconds` how long it took."""

    item: pytest.Item
    result: CheckResult | None = None
    error: BaseException | None = None
    began: float = 0.0
    seconds: float = 0.0


class CheckThreads:
    """Judges checks in `threads` threads, as many at once as `slots` lets. Their sessions are made beside `session`."""

    def __init__(self, session: Session, slots: CheckSlots, threads: int, groups: Sequence[Sequence[Call]]) -> None:
        self._slots = slots
        self._check_queue = CheckQueue(groups)
        self._judged: queue.SimpleQueue[JudgedItem | None] = queue.SimpleQueue()
        self._crash: BaseException | None = None
        self._again = 0
        self._lock = threading.Lock()
        sessions = [session.beside(f"t{number}", slots) for number in range(1, threads + 1)]
        # Daemons: one that waits for an answer when a run is interrupted must not hold it up.
        self._threads = [
            threading.Thread(target=self._work, args=(one,), name=one.worker, daemon=True) for one in sessions
        ]

    @contextmanager
    def at_work(self) -> Iterator[Iterator[JudgedItem]]:
        """Start them, and give what they judged as it comes; where the block raises, they send nothing more."""
        for thread in self._threads:
            thread.start()
        try:
            yield self._as_judged()
        finally:
            self._slots.end()
            until = time.monotonic() + _GRACE
            for thread in self._threads:
                thread.join(max(0.0, until - time.monotonic()))

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """Let others judge within the block while a thread waits, beginning with what it would have judged next: what
        shares something with its check may wait for the same, and does so beside it then.
        """
        self._check_queue.leave(threading.current_thread().name)
        with self._slots.given_up():
            yield

    def hand_out_no_more(self) -> None:
        """Let each thread end with the check that it judges now."""
        self._check_queue.stop()

    def _as_judged(self) -> Iterator[JudgedItem]:
        at_work = len(self._threads)
        while at_work:
            try:
                judged = self._judged.get(timeout=_LOOK)
            except queue.Empty:
                if not any(thread.is_alive() for thread in self._threads):
                    raise RuntimeError("the threads that judge ended without a word") from None
                continue
            if judged is None:
                at_work -= 1
                if self._crash is not None:
                    # It must not be lost with the thread.
                    raise self._crash
            else:
                yield judged

    def _work(self, session: Session) -> None:
        """Judge check after check, and at the end delete what they shared."""
        try:
            while (judged := self._next(session)) is not None:
                self._judged.put(judged)
            session.start_check("clean-up", "deleteEnrollment")
            session.shared.release()
        except RunEnded:
            pass
        except BaseException as met:
            self._crash = met
        finally:
            self._judged.put(None)

    def _next(self, session: Session) -> JudgedItem | None:
        self._slots.take()
        try:
            following = self._check_queue.next(session.worker)
            return None if following is None else self._judge(session, *following)
        finally:
            self._slots.give_back()

    def _judge(self, session: Session, item: pytest.Item, call: CheckCall) -> JudgedItem:
        check, began, since = item.stash[CHECK], time.time(), time.monotonic()
        result, error = None, None
        try:
            session.start_check(check.id, check.operation)
            result = judge_if_final(session, check, call.bound(session), self._is_final)
        except RunEnded:
            raise
        except BaseException as met:
            # Whatever it is, it must not be lost with the thread.
            error = met
        return JudgedItem(item, result, error, began, time.monotonic() - since)

    def _is_final(self, result: CheckResult, exchanges: Sequence[dict[str, Any]]) -> bool:
        """Return whether a check was judged; one whose calls were put off may have met the others' too many calls."""
        put_off = any(exchange["response"] and exchange["response"]["status"] in PUT_OFF for exchange in exchanges)
        if result.outcome != "cantTell" or not put_off:
            return True
        with self._lock:
            self._again += 1
            return self._again > _MOST_AGAIN
