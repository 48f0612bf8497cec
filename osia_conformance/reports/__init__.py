"""The formats of a run's report, each derived from the results and the journal (docs/journal.md).

A writer is `write(results, records, directory) -> Path`: the results as in results.schema.json, the journal's
lines as in journal.schema.json, the report directory, in which `bodies/` lies.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from osia_conformance.reports import allure, curl, har, html, junit
from osia_conformance.reports import results as results_json
from osia_conformance.reports.curl import curl_line, curl_script
from osia_conformance.reports.files import ReportError
from osia_conformance.reports.results import validate, validate_record
from osia_conformance.reports.text import one_line

__all__ = ["ReportError", "curl_line", "curl_script", "validate", "validate_record", "write_all"]

Writer = Callable[[Mapping[str, Any], Sequence[Mapping[str, Any]], Path], Path]


def write_all(
    results: Mapping[str, Any], records: Sequence[Mapping[str, Any]], directory: Path
) -> list[Path]:
    """Write every format into `directory`, results.json first, and return the paths.

    What cannot be written keeps nothing else from being written; then, and where `results` does not fit the
    schema, a ReportError at the end says what failed.
    """
    writers: dict[str, Writer] = {
        "results.json": results_json.write,
        "bodies": _write_bodies,
        "junit.xml": junit.write,
        "allure-results": allure.write,
        "report.html": html.write,
        "evidence.har": har.write,
    }
    arranged, faults = _prepared(results)
    written = []
    for name, write in writers.items():
        try:
            written.append(write(arranged, records, directory))
        except Exception as error:
            faults.append(f"{name} could not be written ({_words(error)})")
    if faults:
        raise ReportError(f"The report in {directory} is not whole: {'; '.join(faults)}.")
    return written


def _prepared(results: Mapping[str, Any]) -> tuple[Mapping[str, Any], list[str]]:
    try:
        validate(results)
        return results_json.arrange(results), []
    except ReportError as error:
        return results, [str(error).rstrip(".")]


def _write_bodies(results: Mapping[str, Any], records: Sequence[Mapping[str, Any]], directory: Path) -> Path:
    return curl.write_bodies(records, directory)


def _words(error: Exception) -> str:
    return one_line(f"{type(error).__name__}: {error}")
