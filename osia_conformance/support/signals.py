"""The signals that end a run: SIGTERM and a closed terminal as Ctrl-C does, and none while the report is written."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any


class Interrupts:
    """What SIGINT, SIGTERM and SIGHUP do during a run; without effect outside of the main thread.

    `asked`: one of them came. What it raises may be lost on its way: Python drops what is raised where a collection of
    garbage calls back, as Hypothesis has it do.
    """

    def __init__(self) -> None:
        self.asked = False
        self._before: dict[signal.Signals, Any] = {}

    def listen(self) -> None:
        """Let SIGTERM, and SIGHUP unless nohup hides it, raise KeyboardInterrupt as SIGINT does; remember all."""
        self._set(signal.SIGTERM, self._interrupt)
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
            self._set(signal.SIGHUP, self._interrupt)
        if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            self._set(signal.SIGINT, self._interrupt)

    def ignore(self) -> None:
        """Let no signal disturb what is done now."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            self._set(number, signal.SIG_IGN)

    def restore(self) -> None:
        """Put the handlers back that stood before."""
        while self._before:
            number, handler = self._before.popitem()
            signal.signal(number, signal.SIG_DFL if handler is None else handler)

    def _set(self, number: signal.Signals, handler: Any) -> None:
        try:
            before = signal.signal(number, handler)
        except ValueError:
            return
        self._before.setdefault(number, before)

    def _interrupt(self, number: int, frame: FrameType | None) -> None:
        self.asked = True
        raise KeyboardInterrupt


@contextmanager
def sigint_blocked() -> Iterator[None]:
    """Let Ctrl-C wait until the end of this, and in a process that is started meanwhile until `sigint_unblocked`:
    one that is not ready yet would end with a traceback, and take the run along."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        sigint_unblocked()


def sigint_unblocked() -> None:
    """Deliver SIGINT again; one that was blocked is delivered at once."""
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
