"""Processes forked from this one, which have all of its modules loaded already."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from multiprocessing.connection import Connection
from typing import Any, TypeVar

from osia_conformance.support.signals import sigint_blocked, sigint_unblocked

Made = TypeVar("Made")

LONGEST_WAIT = 60.0
"""Seconds after which a process that sends nothing counts as hanging."""


def can_fork() -> bool:
    """Return whether there is a second processor, and a fork is safe: no other thread may hold a lock."""
    alone = threading.active_count() == 1
    return sys.platform == "linux" and alone and len(os.sched_getaffinity(0)) > 1


class Fork:
    """A forked process that runs `work` with a connection, and may send what it has made; close it to end the process.

    Raises OSError if no process can be started: a machine or a container may allow no more of them.
    """

    def __init__(self, work: Callable[[Connection], None]) -> None:
        context = multiprocessing.get_context("fork")
        self._answers, told = context.Pipe(duplex=False)
        self._process = context.Process(target=_run, args=(work, told), daemon=True)
        try:
            # Ctrl-C is for this process; the other one would end with a traceback before it is ready.
            with sigint_blocked():
                self._process.start()
        except OSError:
            self._answers.close()
            raise
        finally:
            told.close()

    def receive(self, seconds: float = LONGEST_WAIT) -> Any:
        """Return what the process sends next. Raises EOFError if it has ended, TimeoutError if nothing comes in time: a
        lock that a library's thread held at the fork is never released there."""
        if not self._answers.poll(seconds):
            raise TimeoutError
        return self._answers.recv()

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.join()
        self._process.close()
        self._answers.close()


@contextmanager
def made_meanwhile(make: Callable[[], Made], *, worth_it: bool = True) -> Iterator[Callable[[], Made]]:
    """Call `make` in another process while the block goes on; yield what returns its result, which can be pickled.

    Where there can be no other process, or it brings nothing, `make` is called here as soon as the result is asked
    for, and raises here what it raises. `worth_it` is False for what takes less time than a process.
    """
    fork = _forked(make) if worth_it and can_fork() else None
    if fork is None:
        yield make
        return
    try:
        yield partial(_received, fork, make)
    finally:
        fork.close()


def _forked(make: Callable[[], object]) -> Fork | None:
    with suppress(OSError):
        return Fork(partial(_tell, make))
    return None


def _received(fork: Fork, make: Callable[[], Made]) -> Made:
    with suppress(EOFError, OSError):
        made: Made = fork.receive()
        return made
    return make()


def _tell(make: Callable[[], object], told: Connection) -> None:
    # Whatever goes wrong here: who asked makes it again, meets it again, and knows what to make of it.
    with suppress(Exception):
        told.send(make())


def _run(work: Callable[[Connection], None], told: Connection) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    sigint_unblocked()
    work(told)
