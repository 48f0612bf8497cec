"""The formats of a run's report, each derived from the results and the journal (docs/journal.md).

A writer is `write(results, records, directory) -> Path`: the results as in results.schema.json, the journal's
lines as in journal.schema.json, the report directory, in which `bodies/` lies.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

from osia_conformance.reports import results as results_json
from osia_conformance.reports.curl import curl_line, curl_script, write_bodies
from osia_conformance.support.files import ReportError, root
from osia_conformance.support.forks import made_meanwhile
from osia_conformance.support.text import one_line
from osia_conformance.verdict.journal import BODIES
from osia_conformance.verdict.report_files import ALLURE, HAR, HTML, JUNIT, REPRO, RESULTS, SUMMARY
from osia_conformance.verdict.schemas import validate, validate_record

__all__ = [
    "ADDITIONAL_FILES",
    "ADDITIONAL_FORMATS",
    "FORMATS",
    "ReportError",
    "are_many",
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

ADDITIONAL_FILES = {
    "earl": "earl.jsonld",
    "oscal": "oscal.json",
    "pdf": "certificate.pdf",
    "annex": "certificate-annex.pdf",
    "badge": "badge.svg",
}
"""The files of the formats that are written where they are asked for."""

ADDITIONAL_FORMATS = tuple(ADDITIONAL_FILES)
"""What is written where it is asked for."""

_WRITERS = {
    RESULTS: ("json", "results"),
    BODIES: ("", "curl"),
    REPRO: ("", "repro"),
    JUNIT: ("junit", "junit"),
    ALLURE: ("allure", "allure"),
    HTML: ("html", "html"),
    HAR: ("har", "har"),
    SUMMARY: ("markdown", "markdown"),
    ADDITIONAL_FILES["earl"]: ("earl", "earl"),
    ADDITIONAL_FILES["oscal"]: ("oscal", "oscal"),
    ADDITIONAL_FILES["pdf"]: ("pdf", "certificate"),
    ADDITIONAL_FILES["annex"]: ("annex", "certificate.annexed"),
    ADDITIONAL_FILES["badge"]: ("badge", "badge"),
}
"""By file name, in the order of writing: the format, "" for what every report has, and the module that writes it."""


_APART = (JUNIT, ALLURE, HAR)
"""What another process writes meanwhile: the formats that take as long as all the others."""
_MANY = 1000
"""Lines of a journal."""


def check_formats(formats: Collection[str]) -> None:
    """Raise ReportError, with one sentence, if one of `formats` needs a package that is not installed."""
    if "pdf" in formats or "annex" in formats:
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
    # What is added to a signed report finds the bodies there.
    wanted = {"", *formats} if root(directory) == directory else {*formats}
    arranged, faults = _prepared(results)
    files = [name for name, (kind, _) in _WRITERS.items() if kind in wanted]
    apart = [name for name in files if name in _APART]
    with made_meanwhile(partial(_written, apart, arranged, records, directory), worth_it=are_many(records)) as others:
        ended = _written([name for name in files if name not in apart], arranged, records, directory) | others()
    faults += [f"{name} could not be written ({ended[name]})" for name in files if isinstance(ended[name], str)]
    if faults:
        raise ReportError(f"The report in {directory} is not whole: {'; '.join(faults)}.")
    return [path for name in files if isinstance(path := ended[name], Path)]


def are_many(records: Sequence[Mapping[str, Any]]) -> bool:
    """Return whether a journal is so long that its formats are better written in two processes than in one."""
    return len(records) > _MANY


def usual(directory: Path) -> tuple[str, ...]:
    """Return the formats to write into `directory` if none is named: what every run writes, and what is there."""
    return (*FORMATS, *(name for name, file in ADDITIONAL_FILES.items() if (directory / file).exists()))


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


def _written(
    files: Sequence[str], results: Mapping[str, Any], records: Sequence[Mapping[str, Any]], directory: Path
) -> dict[str, Path | str]:
    """Write these files; return by name the path of each, or why it could not be written."""
    ended: dict[str, Path | str] = {}
    for name in files:
        try:
            ended[name] = _writer(_WRITERS[name][1])(results, records, directory)
        except Exception as error:
            ended[name] = _words(error)
    return ended


def _writer(module: str) -> Writer:
    """Return the writer of a module below this one; loaded here, since a run needs it at its end, if at all."""
    if module == "curl":
        return _write_bodies
    write: Writer = import_module(f"{__name__}.{module}").write
    return write


def _write_bodies(results: Mapping[str, Any], records: Sequence[Mapping[str, Any]], directory: Path) -> Path:
    return write_bodies(records, directory)


def _words(error: Exception) -> str:
    return one_line(f"{type(error).__name__}: {error}")
