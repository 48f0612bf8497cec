"""`osia-conformance cleanup DIR`: what a cut-off run left on the target is deleted afterwards."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from osia_conformance.config.loading import load
from osia_conformance.config.settings import Settings
from osia_conformance.reports import ReportError
from osia_conformance.support.secrets import ConfigurationError
from osia_conformance.support.text import visible
from osia_conformance.target.cleanup import clean_up, open_enrollments
from osia_conformance.target.session import Run, Session
from osia_conformance.verdict import journal
from osia_conformance.verdict.finished_run import header_of, other_target, records_of
from osia_conformance.verdict.schemas import validate_record


def cleanup(directory: Path, settings: Settings | None) -> int:
    """Delete the run's enrollments that are still open; return 0 if none is left, 2 otherwise.

    `settings` None takes the conformance.toml, environment and defaults of now: a report holds no secrets, so
    the configuration must be given again. Raises ConfigurationError if `directory` holds no journal, or the run
    was one of the embedded server, which is gone.
    """
    records = _records(directory)
    header = header_of(records)
    left = open_enrollments(records)
    if not left or header["target"]["embedded"]:
        sys.stdout.write("nothing is left on the target\n")
        return 0
    journal.mend(directory)
    settings = settings or load({})
    if note := other_target(header, settings):
        sys.stdout.write(f"{visible(note)}\n")
    session = Session(_run(directory, header, settings), "cleanup")
    try:
        remaining = clean_up(session, directory)
    finally:
        session.close()
    sys.stdout.write(f"{len(left) - len(remaining)} deleted, {len(remaining)} left\n")
    for name, reason in remaining.items():
        sys.stdout.write(f"left: {visible(name)}: {visible(reason)}\n")
    return 2 if remaining else 0


def _records(directory: Path) -> list[dict[str, Any]]:
    """Return the lines that say what is to be deleted where: each as the journal's schema has it."""
    try:
        records = records_of(directory, "header", "created", "deleted")
        for line in records:
            validate_record(line)
        return records
    except ReportError:
        raise ConfigurationError(
            f"{directory}: the journal is not one of this suite: it does not fit its schema."
        ) from None


def _run(directory: Path, header: dict[str, Any], settings: Settings) -> Run:
    return Run(
        id=header["runId"],
        directory=str(directory),
        url=header["target"]["url"],
        version=header["interfaceVersion"],
        seed=header["seed"],
        effort=header["effort"],
        workers=1,
        embedded=False,
        settings=settings,
    )
