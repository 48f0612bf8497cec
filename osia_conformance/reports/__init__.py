"""The formats of a run's report, each derived from the results and the journal (docs/journal.md).

A writer is `write(results, records, directory) -> Path`: the results as in results.schema.json, the journal's
lines as in journal.schema.json, the report directory, in which `bodies/` lies.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from osia_conformance.reports import results as results_json
from osia_conformance.reports.curl import curl_line, curl_script, write_bodies
from osia_conformance.support.files import ReportError, root
from osia_conformance.support.text import one_line
from osia_conformance.verdict.schemas import validate, validate_record

__all__ = [
    "ADDITIONAL_FORMATS",
    "FORMATS",
    "ReportError",
    "check_formats",
    "curl_line",
    "curl_script",
    "publish",
    "usual",
    "validate",
    "validate_record",
    "write_all",
]

Writer = Callable[[Mapping[str, Any], Sequence[Mapping[str, Any]], Path], Path]


FORMATS = ("json", "junit", "allure", "html", "har", "markdown")
"""What every run writes."""

ADDITIONAL_FORMATS = ("earl", "oscal", "pdf", "badge")
"""What is written where it is asked for."""


def check_formats(formats: Collection[str]) -> None:
    """Raise ReportError, with one sentence, if one of `formats` needs a package that is not installed."""
    if "pdf" in formats:
        from osia_conformance.reports import certificate  # noqa: PLC0415 - as for the writers

        certificate.check_installed()


def write_all(
    results: Mapping[str, Any],
    records: Sequence[Mapping[str, Any]],
    directory: Path,
    formats: Collection[str] = FORMATS,
) -> list[Path]:
    """Write every format, or those of `formats`, into `directory`, results.json first; return the paths.

    What cannot be written keeps nothing else from being written; then, and where `results` does not fit the
    schema, a ReportError at the end says what failed.
    """
    writers = _writers()
    # What is added to a signed report finds the bodies there.
    wanted = {"", *formats} if root(directory) == directory else {*formats}
    arranged, faults = _prepared(results)
    written = []
    for name, write in ((name, write) for name, (kind, write) in writers.items() if kind in wanted):
        try:
            written.append(write(arranged, records, directory))
        except Exception as error:
            faults.append(f"{name} could not be written ({_words(error)})")
    if faults:
        raise ReportError(f"The report in {directory} is not whole: {'; '.join(faults)}.")
    return written


def usual(directory: Path) -> tuple[str, ...]:
    """Return the formats to write into `directory` if none is named: what every run writes, and what is there."""
    from osia_conformance.reports import badge, certificate, earl, oscal  # noqa: PLC0415 - as for the writers

    asked_for = {"earl": earl.FILE, "oscal": oscal.FILE, "pdf": certificate.FILE, "badge": badge.FILE}
    return (*FORMATS, *(name for name, file in asked_for.items() if (directory / file).exists()))


def publish(
    results: Mapping[str, Any],
    records: Sequence[Mapping[str, Any]],
    directory: Path,
    formats: Collection[str] = FORMATS,
) -> list[Path]:
    """Write every format as `write_all` does, and the summary where the CI job that runs this shows it."""
    from osia_conformance.reports import markdown  # noqa: PLC0415 - as for the writers

    markdown.append_to_step(markdown.summary(_prepared(results)[0]))
    return write_all(results, records, directory, formats)


def _prepared(results: Mapping[str, Any]) -> tuple[Mapping[str, Any], list[str]]:
    try:
        validate(results)
        return results_json.arrange(results), []
    except ReportError as error:
        return results, [str(error).rstrip(".")]


def _writers() -> dict[str, tuple[str, Writer]]:
    """Return the writers and their formats by file name; loaded here, since a run needs them at its end."""
    from osia_conformance.reports import (  # noqa: PLC0415
        allure,
        badge,
        certificate,
        earl,
        har,
        html,
        junit,
        markdown,
        oscal,
        repro,
    )

    return {
        "results.json": ("json", results_json.write),
        "bodies": ("", _write_bodies),
        repro.DIRECTORY: ("", repro.write),
        "junit.xml": ("junit", junit.write),
        allure.DIRECTORY: ("allure", allure.write),
        "report.html": ("html", html.write),
        "evidence.har": ("har", har.write),
        markdown.FILE: ("markdown", markdown.write),
        earl.FILE: ("earl", earl.write),
        oscal.FILE: ("oscal", oscal.write),
        certificate.FILE: ("pdf", certificate.write),
        badge.FILE: ("badge", badge.write),
    }


def _write_bodies(results: Mapping[str, Any], records: Sequence[Mapping[str, Any]], directory: Path) -> Path:
    return write_bodies(records, directory)


def _words(error: Exception) -> str:
    return one_line(f"{type(error).__name__}: {error}")
