"""Processes forked from this one, which have all of its modules loaded already."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable
from multiprocessing.connection import Connection

from osia_conformance.support.signals import sigint_blocked, sigint_unblocked


def can_fork() -> bool:
    """Return whether there is a second processor, and a fork is safe: no other thread may hold a lock."""
    alone = threading.active_count() == 1
    return sys.platform == "linux" and alone and len(os.sched_getaffinity(0)) > 1


class Fork:
    """A forked process that runs `work` with a connection, of which `answers` is this process's end; close it to end
    the process."""

    def __init__(self, work: Callable[[Connection], None]) -> None:
        context = multiprocessing.get_context("fork")
        self.answers, told = context.Pipe(duplex=False)
        self._process = context.Process(target=_run, args=(work, told), daemon=True)
        # Ctrl-C is for this process; the other one would end with a traceback before it is ready.
        with sigint_blocked():
            self._process.start()
        told.close()

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.join()
        self._process.close()
        self.answers.close()


def _run(work: Callable[[Connection], None], told: Connection) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    sigint_unblocked()
    work(told)
