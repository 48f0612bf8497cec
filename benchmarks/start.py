"""Start: seconds until --help and requirements have ended, and until the first byte of a run's first request."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.common import environment, machine

COMMAND = [sys.executable, "-m", "osia_conformance"]
TIMES = 5


def ended(*arguments: str) -> tuple[float, float]:
    began = time.monotonic()
    with subprocess.Popen([*COMMAND, *arguments], env=environment(), stdout=subprocess.DEVNULL) as process:
        _, _, used = os.wait4(process.pid, 0)
        process.returncode = 0
    return time.monotonic() - began, used.ru_utime + used.ru_stime


def first_request(*more: str) -> tuple[float, float]:
    with tempfile.TemporaryDirectory() as place, socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        line = [*COMMAND, "run", "--url", url, "--interface-version", "1.0.0", "--report-dir", f"{place}/r", *more]
        began = time.monotonic()
        process = subprocess.Popen(line, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        connection, _ = listener.accept()
        connection.recv(1)
        seconds = time.monotonic() - began
        fields = Path(f"/proc/{process.pid}/stat").read_text("utf-8").rpartition(")")[2].split()
        process.kill()
        process.wait()
        connection.close()
        return seconds, (int(fields[11]) + int(fields[12])) / 100


def main() -> None:
    print(f"start: the least of {TIMES}, seconds on the clock and of the processor; {machine()}")
    for name, measure in (
        ("python -c pass", _bare),
        ("--help", lambda: ended("--help")),
        ("requirements", lambda: ended("requirements")),
        ("first request", first_request),
        ("first request, 2 workers", lambda: first_request("--workers", "2")),
    ):
        figures = [measure() for _ in range(TIMES)]
        wall, cpu = (min(column) for column in zip(*figures, strict=True))
        print(f"{name}: {wall:.2f} s, {cpu:.2f} s of processor")


def _bare() -> tuple[float, float]:
    began = time.monotonic()
    subprocess.run([sys.executable, "-c", "pass"], check=True)
    return time.monotonic() - began, 0.0


if __name__ == "__main__":
    main()
