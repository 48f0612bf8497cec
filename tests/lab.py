"""Whole runs with whole reports, against servers in this process, for tests of what is done with runs."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from osia_conformance import reports
from osia_conformance.handover import Handover, prepared
from osia_conformance.inprocess import AsgiTransport
from osia_conformance.runner import run_suites
from osia_conformance.settings import Settings
from osia_reference.app import create_app
from osia_reference.enrollments import Enrollments
from tests.judging import reference, settings


class KeepsTheRecord(Enrollments):
    """Answers a delete and deletes nothing."""

    def delete(self, enrollment_id: str) -> None:
        self.existing(enrollment_id)


BROKEN = {"enrollments": KeepsTheRecord}


@contextmanager
def server(**parts: type):
    """Serve the reference server, parts of it replaced, as a transport."""
    app = create_app(reference(), **parts)
    transport = AsgiTransport(app)
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
) -> Handover:
    """Run the suites into `directory`, which gets every report."""
    with server(**parts) as transport:
        handover = prepared(
            replace(chosen or settings(), report_dir=directory), transport=transport, write_reports=write_reports
        )
        run_suites(handover, arguments=arguments)
    return handover
