"""Whole runs with whole reports, against servers in this process, for tests of what is done with runs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from osia_conformance import reports
from osia_conformance.config.settings import Settings
from osia_conformance.run.run_request import RunRequest, prepared
from osia_conformance.run.runner import run_suites
from osia_conformance.standard.operations import OLDEST
from osia_conformance.support.secrets import SecretReference
from osia_conformance.target.session import Run, Session
from osia_conformance.wire.http1 import Call, WireAnswer
from osia_conformance.wire.inprocess import AsgiTransport
from osia_reference.app import Server, create_app
from osia_reference.calls import Call as Received
from osia_reference.enrollments import Enrollments
from osia_reference.replies import Reply
from tests.harness.judging import KEY_NAME, URL, reference, settings


class KeepsTheRecord(Enrollments):
    """Answers a delete and deletes nothing."""

    def delete(self, enrollment_id: str) -> None:
        self.existing(enrollment_id)


class IgnoresFinalize(Server):
    """Answers finalizeEnrollment and does nothing."""

    async def finalize_enrollment(self, call: Received) -> Reply:
        self.enrollments.read(self.enrollment_id(call))
        return self.success(call)


BROKEN = {"enrollments": KeepsTheRecord}


class Listening(AsgiTransport):
    """A transport to a server in this process that remembers which URLs were called."""

    def __init__(self, app: Server) -> None:
        super().__init__(app)
        self.server = app
        self.urls: list[str] = []

    def exchange(self, call: Call) -> WireAnswer:
        self.urls.append(call.target.decode("ascii"))
        return super().exchange(call)

    def left(self) -> set[str]:
        """Return the enrollments that were called and are still there."""
        found = (re.search("/v1/enrollments/([^/?]+)", url) for url in self.urls)
        names = {unquote(match[1]) for match in found if match}
        return {name for name in names if self.server.enrollments.store.get(name) is not None}


@contextmanager
def server(**parts: type) -> Iterator[Listening]:
    """Serve the reference server, parts of it replaced."""
    app = create_app(reference(), **parts)
    transport = Listening(app)
    try:
        yield transport
    finally:
        transport.close()
        app.close()


def run(
    directory: Path,
    arguments: Sequence[str] = (),
    *,
    chosen: Settings | None = None,
    write_reports: Any = reports.write_all,
    **parts: type,
) -> RunRequest:
    """Run the suites into `directory`, which gets every report."""
    with server(**parts) as transport:
        run_request = prepared(
            replace(chosen or settings(), report_dir=directory), transport=transport, write_reports=write_reports
        )
        run_suites(run_request, arguments=arguments)
    return run_request


@contextmanager
def session(directory: Path, app: Server, key: str = KEY_NAME) -> Iterator[Session]:
    """Open a session outside of any run on a server in this process; `key` names the variable with the JWT key."""
    chosen = settings()
    chosen = replace(chosen, auth=replace(chosen.auth, key=SecretReference(f"env:{key}")))
    run = Run("run", str(directory), URL, OLDEST, 1, "quick", 1, embedded=False, settings=chosen)
    opened = Session(run, "lab", AsgiTransport(app))
    try:
        yield opened
    finally:
        opened.close()
