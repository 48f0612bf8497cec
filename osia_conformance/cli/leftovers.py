"""`osia-conformance cleanup DIR`: what a cut-off run left on the target is deleted afterwards."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from osia_conformance.cli.arguments import print_lines
from osia_conformance.config.settings import Settings
from osia_conformance.support.json_types import Record
from osia_conformance.target.cleanup import clean_up, open_enrollments
from osia_conformance.target.own_ids import own_ids
from osia_conformance.target.session import Run, Session
from osia_conformance.verdict import journal
from osia_conformance.verdict.finished_run import expect_target, header_of, records_of


def cleanup(directory: Path, settings: Settings, *, on_purpose: bool) -> int:
    """Delete the run's enrollments that are still open; return 0 if none is left, 2 otherwise.

    Calls go to the target of `settings`, which must be the recorded one unless it is named `on_purpose`. What the
    journal calls created is deleted only if the run can have made its id. Raises ConfigurationError if `directory`
    holds no journal, or the target is another.
    """
    records = records_of(directory)
    header = header_of(records)
    left = open_enrollments(records)
    if not left or header["target"]["embedded"]:
        sys.stdout.write("nothing is left on the target\n")
        return 0
    note = expect_target(directory, header, settings, on_purpose=on_purpose)
    own = _own(records, header, settings)
    strangers = [name for name in left if name not in own]
    print_lines([*([note] if note else []), *(f"not touched: {name}: no id of that run" for name in strangers)])
    journal.mend(directory)
    session = Session(_run(directory, header, settings), "cleanup")
    try:
        remaining = clean_up(session, directory, own=own)
    finally:
        session.close()
    open_ones = len(left) - len(strangers)
    sys.stdout.write(f"{open_ones - len(remaining)} deleted, {len(remaining) + len(strangers)} left\n")
    print_lines([f"left: {name}: {reason}" for name, reason in remaining.items()])
    return 2 if remaining or strangers else 0


def _own(records: Sequence[Record], header: Record, settings: Settings) -> set[str]:
    created = [line for line in records if line["kind"] == "created"]
    runs = [header["runId"], *(shard["runId"] for shard in header.get("shards", ()))]
    return own_ids(created, runs, settings.target.enrollment_id)


def _run(directory: Path, header: Record, settings: Settings) -> Run:
    return Run(
        id=header["runId"],
        directory=str(directory),
        url=str(settings.target.url),
        version=header["interfaceVersion"],
        seed=header["seed"],
        effort=header["effort"],
        workers=1,
        embedded=False,
        settings=settings,
    )
