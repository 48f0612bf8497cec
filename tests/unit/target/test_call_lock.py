"""Calls share the lock; one that is sent alone holds it against all others, of other processes too."""

from __future__ import annotations

import threading
import time
from pathlib import Path

from osia_conformance.target.call_lock import FILE, CallLock, remove_lock


def test_many_calls_hold_it_at_once(tmp_path: Path) -> None:
    with CallLock(tmp_path).shared(), CallLock(tmp_path).shared():
        assert (tmp_path / FILE).exists()


def test_one_that_is_alone_waits_for_the_others_and_keeps_them_out(tmp_path: Path) -> None:
    order, started = [], threading.Event()

    def alone() -> None:
        started.set()
        with CallLock(tmp_path).alone():
            order.append("alone")

    with CallLock(tmp_path).shared():
        waiting = threading.Thread(target=alone)
        waiting.start()
        started.wait()
        order.append("shared")
    waiting.join()
    assert order == ["shared", "alone"]


def test_an_outage_is_known_to_whoever_began_before_it(tmp_path: Path) -> None:
    one, other = CallLock(tmp_path), CallLock(tmp_path)
    before = time.time()
    with one.alone():
        assert not one.outage_since(before)
        one.record_outage()
    with other.alone():
        assert other.outage_since(before)
        assert not other.outage_since(time.time() + 1)


def test_its_file_goes_with_the_run(tmp_path: Path) -> None:
    with CallLock(tmp_path).shared():
        pass
    remove_lock(tmp_path)
    remove_lock(tmp_path)
    assert not (tmp_path / FILE).exists()
