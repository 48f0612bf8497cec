"""The embedded reference server: what a demonstration judges."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property

from osia_conformance.config.settings import AuthSettings, Settings
from osia_conformance.standard.versions import newest, resolve
from osia_conformance.support.secrets import SecretReference

KEY = "OSIA_EMBEDDED_KEY"


class _Key:
    """The key of the embedded servers of this process, in its environment as long as one of them is used."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._users = 0

    def acquire(self) -> None:
        """Make the key, unless another server has."""
        with self._lock:
            if not self._users:
                os.environ[KEY] = secrets.token_urlsafe(32)
            self._users += 1

    def release(self) -> None:
        """Take the key back once no server needs it."""
        with self._lock:
            self._users -= 1
            if not self._users:
                os.environ.pop(KEY, None)


_KEY = _Key()


class EmbeddedServer:
    """A reference server of its own process on a free loopback port, with a key that only this process knows.

    It starts at once and by itself; whoever asks for its `url` waits until it listens.
    """

    def __init__(self, version: str) -> None:
        _KEY.acquire()
        self._stopped = False
        # -P: what lies in the working directory is none of the server's modules.
        command = [sys.executable, "-P", "-m", "osia_conformance", "serve", "--port", "0"]
        command += ["--interface-version", version, "--jwt-key", f"env:{KEY}", "--while-stdin"]
        pipe = subprocess.PIPE
        # A process group of its own: Ctrl-C must leave it there until the run has deleted what it created.
        self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, process_group=0)  # noqa: S603

    @cached_property
    def url(self) -> str:
        """What stands before /v1/...; RuntimeError if the server did not start."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if " on http" not in line:
            raise RuntimeError("the embedded reference server did not start")
        return line.rpartition(" on ")[2].strip()

    def end(self) -> None:
        """Let the server's process come to its end while the caller goes on."""
        self._process.terminate()

    def stop(self) -> None:
        """End the server's process and take its key back; harmless if that has been done."""
        if not self._stopped:
            self._stopped = True
            _KEY.release()
        self.end()
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()


@contextmanager
def starting(settings: Settings) -> Iterator[EmbeddedServer | None]:
    """Let the embedded server start, if there is to be one, while everything else gets ready.

    Raises UnknownVersion for a version that is not judged.
    """
    claim = settings.target.interface_version
    server = EmbeddedServer(resolve(claim) if claim else newest()) if settings.demonstration else None
    try:
        yield server
    finally:
        if server is not None:
            server.stop()


def trusting(settings: Settings) -> Settings:
    """Return the settings with the embedded server's own authorization in place of the configured one."""
    return replace(settings, auth=AuthSettings(method="jwt", algorithm="HS256", key=SecretReference(f"env:{KEY}")))
