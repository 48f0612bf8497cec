"""What the measures share: servers to judge, runs to time, and a line about the machine."""

from __future__ import annotations

import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from osia_conformance.verdict import journal

KEY = "OSIA_JWT_KEY"
SECRET = "a key for tests only, long enough for HS256"
"""That of the servers of tests/, so that they can be judged here."""
AUTH = f'[auth]\nmethod = "jwt"\nalgorithm = "HS256"\nkey = "env:{KEY}"\n'
VERSION = "1.0.0"


@dataclass(frozen=True)
class Timed:
    """A finished run: exit code, seconds on the clock, seconds of the processor (children included), its journal."""

    code: int
    wall: float
    cpu: float
    records: list[dict[str, Any]]

    @property
    def workers(self) -> int:
        """How many checks were judged side by side at most."""
        stated = [record["workers"] for record in self.records if record["kind"] in ("header", "workers")]
        return int(stated[-1])

    @property
    def exchanges(self) -> list[dict[str, Any]]:
        return [record for record in self.records if record["kind"] == "exchange"]


def machine() -> str:
    """Return what the figures were measured on, and how busy it was."""
    load = " ".join(f"{value:.1f}" for value in os.getloadavg())
    return f"Python {platform.python_version()}, {os.cpu_count()} cores, load {load}"


def environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("OSIA_", "PYTEST_"))}
    return {**plain, KEY: SECRET, **(more or {})}


@contextmanager
def serving(command: list[str]) -> Iterator[str]:
    """Start a server that prints its address at the end of its first line, and return its URL."""
    pipe = subprocess.PIPE
    with subprocess.Popen(command, env=environment(), stdin=pipe, stdout=pipe, text=True) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().rpartition(" ")[2].strip()
        finally:
            process.terminate()


def reference(*more: str, version: str = VERSION) -> list[str]:
    """Return the command that serves the reference server on a free port."""
    serve = [sys.executable, "-m", "osia_conformance", "serve", "--port", "0"]
    return [*serve, "--interface-version", version, "--jwt-key", f"env:{KEY}", "--while-stdin", *more]


def slow_wire(seconds: float, *database: str) -> list[str]:
    """Return the command that serves the reference server so many seconds away."""
    return [sys.executable, "-m", "benchmarks.delayed", str(seconds), *database]


def run(url: str, *more: str, version: str = VERSION, timeout: float = 10) -> Timed:
    """Run the suite on a target as a user does."""
    with tempfile.TemporaryDirectory() as place:
        config = Path(place, "conformance.toml")
        target = f'[target]\nurl = "{url}"\ninterface-version = "{version}"\ntimeout = {timeout}\n'
        config.write_text(target + AUTH, "utf-8")
        command = [sys.executable, "-m", "osia_conformance", "run", "--config", str(config), "--seed", "1"]
        before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
        done = subprocess.run(
            [*command, "--report-dir", str(Path(place, "report")), *more],
            env=environment(),
            stdout=subprocess.DEVNULL,
            check=False,
        )
        wall, after = time.monotonic() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        return Timed(done.returncode, wall, cpu, bodies_read(Path(place, "report")))


def bodies_read(directory: Path) -> list[dict[str, Any]]:
    """Return a journal's lines with the bytes of each request's body, which is needed when the directory is gone."""
    records = journal.read(directory)
    for record in records:
        if record["kind"] == "exchange":
            record["bytes"] = journal.body_of(directory, record["request"])
    return records
