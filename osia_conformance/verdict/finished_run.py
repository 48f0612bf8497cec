"""A finished run as its report directory holds it: the journal, and the results that follow from it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from osia_conformance.config.settings import Settings
from osia_conformance.standard import provenance
from osia_conformance.standard.register import load_register
from osia_conformance.standard.versions import UnknownVersion, resolve
from osia_conformance.support.secrets import ConfigurationError
from osia_conformance.verdict import journal
from osia_conformance.verdict.derivation import derive

RESULTS = "results.json"
NOT_OURS = (AttributeError, LookupError, TypeError, ValueError)
"""What comes of reading a journal whose lines are JSON, and not as ours are."""


def records_of(directory: Path, *kinds: str) -> list[dict[str, Any]]:
    """Return the lines of a report directory's journal, the header first among them, or those of some kinds.

    Raises ConfigurationError, a sentence, if there is no journal, it cannot be read, or it has no header.
    """
    try:
        records = journal.read(directory, *kinds)
    except (FileNotFoundError, NotADirectoryError):
        raise ConfigurationError(
            f"{directory}: there is no {journal.FILE}; name the report directory of a run."
        ) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ConfigurationError(f"{directory}: the journal cannot be read: {reason}.") from None
    if not any(line["kind"] == "header" for line in records):
        raise ConfigurationError(f"{directory}: the journal has no header, so nothing is known about its run.")
    return records


def checked_records_of(directory: Path) -> list[dict[str, Any]]:
    """Return the lines as `records_of` does, each as the journal's schema has it: for what acts on what they name.

    So no name in them leads out of the report. Raises ConfigurationError, a sentence, for a line that is not so.
    """
    from osia_conformance.support.files import ReportError  # noqa: PLC0415 - its schema takes time
    from osia_conformance.verdict.schemas import validate_record  # noqa: PLC0415 - its schema takes time

    records = records_of(directory)
    for number, line in enumerate(records, start=1):
        try:
            validate_record(line)
        except ReportError:
            raise ConfigurationError(
                f"{directory}: the journal is not one of this suite: its line {number} does not fit its schema."
            ) from None
    return records


def header_of(records: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the journal's header line (docs/journal.md); there is one in what `records_of` returns."""
    return next(line for line in records if line["kind"] == "header")


def other_target(header: Mapping[str, Any], settings: Settings) -> str | None:
    """Return the sentence that tells of a configuration made for another target than the recorded one."""
    judged, named = header["target"]["url"], settings.target.url
    if header["target"]["embedded"] or named in (None, judged):
        return None
    return f"the run judged {judged}, which is called again; the configuration names {named}"


def derived(records: list[dict[str, Any]], directory: Path) -> dict[str, Any]:
    """Return results.json's content from a journal; raise ConfigurationError if it is not one of this suite."""
    try:
        # The register that the run judged by: a later suite's may say something else.
        register = provenance.recorded(records)
        version = header_of(records)["interfaceVersion"]
        return derive(records, register or load_register(resolve(version)))
    except UnknownVersion as error:
        raise ConfigurationError(f"{directory}: {error}") from None
    except NOT_OURS as error:
        words = f"{type(error).__name__}: {error}"
        raise ConfigurationError(f"{directory}: the journal is not one of this suite ({words}).") from None


def results_of(path: Path) -> dict[str, Any]:
    """Return the results of a report directory, or of a results.json; a killed run's come from its journal.

    Raises ConfigurationError, a sentence, if there are none.
    """
    file = path / RESULTS if path.is_dir() else path
    if path.is_dir() and not file.exists():
        return derived(records_of(path), path)
    try:
        results = json.loads(file.read_bytes())
    except OSError as error:
        raise ConfigurationError(
            f"{path}: there is no report ({error.strerror}); name the report directory of a run."
        ) from None
    except (ValueError, RecursionError):
        results = None
    if not _fits(results):
        raise ConfigurationError(f"{file}: this is no results.json of schema version 1; name a run's report.")
    return dict(results)


def _fits(results: Any) -> bool:
    """Tell whether these are results of any schema 1.x: one of a newer suite may say more than ours."""
    if not isinstance(results, dict) or not str(results.get("schemaVersion")).startswith("1."):
        return False
    texts = ("runId", "verdict", "interfaceVersion", "started", "ending")
    entries = results.get("requirements")
    return (
        all(isinstance(results.get(name), str) for name in texts)
        and isinstance(entries, list)
        and all(isinstance(entry, dict) and _is_entry(entry) for entry in entries)
    )


def _is_entry(entry: dict[str, Any]) -> bool:
    return isinstance(entry.get("checks"), list) and all(
        isinstance(entry.get(name), str) for name in ("id", "level", "title", "outcome")
    )
