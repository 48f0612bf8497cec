"""Restarting a server of the user's own by `restart-command`, and ending it at the end of the run."""

from __future__ import annotations

import os
import signal
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from osia_conformance.support.polling import eventually

FILE = "restarted.pid"
_TO_END = 5.0
"""Seconds that a process has to end by itself after SIGTERM."""
_NOT_PASSED_ON = ("PYTHONSAFEPATH", "PYTEST_")
"""What a run sets for its own processes in the environment."""
_OF_PYTHON = (signal.SIGINT, signal.SIGPIPE)
"""Signals that Python ignores or takes over."""


def restart(command: Sequence[str], directory: Path) -> None:
    """Start a program with its arguments, without a shell, in place of the one that was started before.

    It becomes the leader of a session of its own, its output is thrown away, and the report directory names its
    process until `end_restarted`. Raises OSError if it cannot be started.
    """
    end_restarted(directory)
    nowhere = [(os.POSIX_SPAWN_OPEN, number, os.devnull, os.O_RDWR, 0) for number in range(3)]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(_NOT_PASSED_ON)}
    process = os.posix_spawnp(
        command[0], list(command), environment, file_actions=nowhere, setsid=True, setsigmask=(), setsigdef=_OF_PYTHON
    )
    (directory / FILE).write_text(f"{process} {_started(process)}", "ascii")


def end_restarted(directory: Path) -> None:
    """End the process that `restart` started last, with what it started, if it still runs."""
    path = directory / FILE
    if not path.exists():
        return
    process, _, started = path.read_text("ascii").partition(" ")
    path.unlink()
    _end(int(process), started)


def _end(process: int, started: str) -> None:
    for number, seconds in ((signal.SIGTERM, _TO_END), (signal.SIGKILL, _TO_END)):
        if not _runs(process, started):
            return
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process, number)
        eventually(lambda: not _runs(process, started), seconds, pause=0.05)


def _runs(process: int, started: str) -> bool:
    """Return whether the process is there, and no other one under its number."""
    with suppress(ChildProcessError):
        # Whoever started it may be this process, which has to take note of its end.
        os.waitpid(process, os.WNOHANG)
    try:
        ours = os.getsid(process) == process
    except (ProcessLookupError, PermissionError):
        return False
    return ours and _started(process) == started


def _started(process: int) -> str:
    """Return when a process was started, as the machine counts (proc(5)); "" where that is not told, or it ended."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if fields[0] == "Z" else fields[19]
