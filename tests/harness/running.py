"""Running the command as a user does, in a process of its own, and targets for it to judge."""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from osia_conformance.cli import main
from osia_conformance.standard.register import load_register
from osia_conformance.target.cleanup import open_enrollments
from osia_conformance.verdict import journal
from tests.harness.judging import KEY
from tests.harness.serving import listening, quiet_server, url_of

ROOT = Path(__file__).parents[2]
VERSION = "1.0.0"
ENOUGH = 600
TERMINAL = ("FORCE_COLOR", "CLICOLOR", "TTY_", "GITHUB_STEP_SUMMARY")
"""How variables begin that change what a command says, or where."""

JWT_KEY = {"OSIA_JWT_KEY": KEY}
ALONE = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
"""pytest without what is installed beside it, which takes its time; some tests have it all."""
JWT = '[auth]\nmethod = "jwt"\nalgorithm = "HS256"\nkey = "env:OSIA_JWT_KEY"\n'


@dataclass(frozen=True, slots=True)
class Report:
    """A report directory: results.json, the journal, and the whole."""

    directory: Path

    @property
    def results(self) -> dict[str, Any]:
        """The content of results.json."""
        loaded: dict[str, Any] = json.loads((self.directory / "results.json").read_text("utf-8"))
        return loaded

    @property
    def records(self) -> list[dict[str, Any]]:
        """The journal's lines."""
        return journal.read(self.directory)

    def lines(self, kind: str) -> list[dict[str, Any]]:
        """Return the journal's lines of one kind."""
        return [line for line in self.records if line["kind"] == kind]

    def header(self) -> dict[str, Any]:
        """Return the journal's header."""
        return self.lines("header")[0]

    def ledger(self) -> list[str]:
        """Return the ids that are not known to be gone."""
        return open_enrollments(self.records)

    def outcomes(self) -> dict[str, str]:
        """Return the outcome of each requirement."""
        return {entry["id"]: entry["outcome"] for entry in self.results["requirements"]}

    def open_musts(self) -> dict[str, str]:
        """Return the active MUST requirements that did not pass, each with its reason."""
        musts = {
            entry.id for entry in load_register(self.results["interfaceVersion"]).active() if entry.level == "MUST"
        }
        return {
            entry["id"]: f"{entry['outcome']}: {entry['reason']}"
            for entry in self.results["requirements"]
            if entry["id"] in musts and entry["outcome"] not in ("passed", "inapplicable")
        }


def environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return an environment in which nothing speaks of OSIA, pytest or a terminal but what `more` says; what is drawn
    is the same every time, and judged in one order however busy the machine is."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("OSIA_", "PYTEST_", *TERMINAL))}
    return {**plain, "COLUMNS": "200", "OSIA_SEED": "1", "OSIA_WORKERS": "1", **(more or {})}


def command(*arguments: object) -> list[str]:
    """Return the command line of the suite."""
    return [sys.executable, "-m", "osia_conformance", *map(str, arguments)]


def osia(
    *arguments: object, env: Mapping[str, str] | None = None, cwd: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run the command to its end; a traceback is a failure whatever was asked."""
    return ended(command(*arguments), env, cwd)


def osia_here(
    *arguments: object, env: Mapping[str, str] | None = None, cwd: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run the command in this process, which is quicker: for what needs no process of its own.

    What is written to the descriptors of standard output and error counts as said, as it does for a process.
    """
    with held_descriptor(1, "stdout") as said, held_descriptor(2, "stderr") as complained:
        before = dict(os.environ)
        os.environ.clear()
        os.environ.update(environment(env))
        try:
            with contextlib.chdir(cwd or Path.cwd()):
                code: Any = main(list(map(str, arguments)))
        except SystemExit as ended:
            code = ended.code
        finally:
            os.environ.clear()
            os.environ.update(before)
        told = said(), complained()
    assert "Traceback" not in told[0] + told[1], told[0] + told[1]
    return subprocess.CompletedProcess(list(map(str, arguments)), code, *told)


@contextmanager
def held_descriptor(number: int, name: str) -> Iterator[Callable[[], str]]:
    """Let a file take what is written to a descriptor and to the stream of sys over it; yield what reads the file."""
    stream = getattr(sys, name)
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="backslashreplace", newline="\n") as file:

        def read() -> str:
            file.flush()
            file.seek(0)
            return file.read()

        kept = os.dup(number)
        os.dup2(file.fileno(), number)
        setattr(sys, name, file)
        try:
            yield read
        finally:
            setattr(sys, name, stream)
            os.dup2(kept, number)
            os.close(kept)


def suites_by_pytest(*arguments: object, env: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run plain pytest in the checkout."""
    return ended([sys.executable, "-m", "pytest", *map(str, arguments)], env, ROOT)


def ended(
    line: list[str], env: Mapping[str, str] | None = None, cwd: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a command line to its end."""
    done = subprocess.run(
        line,
        env=environment(env),
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=ENOUGH,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert "Traceback" not in done.stdout + done.stderr, done.stdout + done.stderr
    return done


@contextmanager
def hearing_ctrl_c() -> Iterator[None]:
    """Let what is started here hear Ctrl-C; a shell lets what it runs in the background ignore it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def begun(
    *arguments: object, env: Mapping[str, str] | None = None, cwd: Path | None = None, plain_pytest: bool = False
) -> Iterator[subprocess.Popen[str]]:
    """Start the command, or plain pytest, in a process group of its own, and go on; it does not outlive the block."""
    pipe = subprocess.PIPE
    line = [sys.executable, "-m", "pytest", *map(str, arguments)] if plain_pytest else command(*arguments)
    with (
        hearing_ctrl_c(),
        subprocess.Popen(
            line,
            env=environment(env),
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=pipe,
            stderr=pipe,
            text=True,
            process_group=0,
        ) as process,
    ):
        try:
            yield process
        finally:
            process.kill()


@contextmanager
def served(*arguments: object, env: Mapping[str, str] | None = None) -> Iterator[str]:
    """Start a reference server as a user does and return its URL."""
    with begun("serve", "--port", "0", "--interface-version", VERSION, *arguments, env=env or JWT_KEY) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert re.search(r" on http://127\.0\.0\.1:\d+$", line), f"no address in {line!r}"
        yield line.rpartition(" ")[2].strip()


@contextmanager
def hosted(app: Any, **tls: Any) -> Iterator[str]:
    """Serve an ASGI application from a thread of this process and return its URL; `app` is closed.

    `tls` are uvicorn's settings for it: ssl_certfile, ssl_keyfile, ssl_ca_certs, ssl_cert_reqs.
    """
    with listening() as listener:
        server = quiet_server(app, timeout_graceful_shutdown=2, **tls)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            until(lambda: server.started, "the target listens")
            yield url_of(listener).replace("http:", "https:" if tls else "http:")
        finally:
            if isinstance(app, Gate):
                app.released.set()
            server.should_exit = True
            thread.join()
            app.close()


def configured(directory: Path, url: str, *tables: str, **target: object) -> Path:
    """Write a conformance.toml for a target under `directory` and return its path."""
    members = {"url": url, "interface-version": VERSION, **{k.replace("_", "-"): v for k, v in target.items()}}
    lines = ["[target]", *(f"{name} = {json.dumps(value)}" for name, value in members.items())]
    path = directory / "conformance.toml"
    path.write_text("\n".join([*lines, *(tables or (JWT,))]), "utf-8")
    return path


def closed_port() -> str:
    """Return the URL of a port on which nobody listens; it is kept, so that nobody else begins to."""
    kept = socket.socket()
    atexit.register(kept.close)
    kept.bind(("127.0.0.1", 0))
    return f"http://127.0.0.1:{kept.getsockname()[1]}"


def until(condition: Callable[[], Any], what: str, seconds: float = 300) -> None:
    """Poll until the condition holds; fail after `seconds`."""
    pause, deadline = threading.Event(), time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        pause.wait(0.02)


class Gate:
    """Holds the requests of one method until it is released, in front of an ASGI application."""

    def __init__(self, app: Any, method: str) -> None:
        self.app = app
        self.reached = threading.Event()
        self.held = 0
        self.released = threading.Event()
        self._method = method

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http" and scope["method"] == self._method and not self.released.is_set():
            self.held += 1
            self.reached.set()
            await asyncio.to_thread(self.released.wait)
        await self.app(scope, receive, send)

    def close(self) -> None:
        """Let go, and close the application."""
        self.released.set()
        self.app.close()


def left_on(app: Any) -> list[str]:
    """Return the ids of the enrollments that a reference server still holds."""
    return [record["enrollmentId"] for record in app.enrollments.store.find([])]
