"""The end of a run: its results are derived from the journal, its reports written, its exit code returned."""

from __future__ import annotations

from pathlib import Path

from osia_conformance import reports
from osia_conformance.run.run_request import RunRequest
from osia_conformance.standard.register import load_register
from osia_conformance.verdict import journal_lines
from osia_conformance.verdict.derivation import derive, exit_code
from osia_conformance.verdict.exit_codes import EXIT_FAULT


def write_run_report(run_request: RunRequest, version: str, directory: Path, fault: str | None) -> int:
    """Derive the results of a run of interface `version`, write its reports and return its exit code.

    `fault` is why the suite itself failed, if it did: that counts even where it could not be put on the record.
    """
    records = journal_lines.lines(directory)
    results = derive(records, load_register(version))
    run_request.results = results
    code = exit_code(results)
    if fault is not None and results["ending"] != "failed":
        run_request.progress.note(f"the run did not finish: {fault}")
        code = EXIT_FAULT
    try:
        run_request.write_reports(results, records, directory)
    except reports.ReportError as error:
        run_request.progress.note(str(error))
        code = EXIT_FAULT
    run_request.progress.finished(results, directory)
    return code
