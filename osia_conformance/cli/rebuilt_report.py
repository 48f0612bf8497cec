"""`osia-conformance report DIR`: every format again, from the journal and the bodies beside it."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any

from osia_conformance import __version__
from osia_conformance.evidence.files import destination
from osia_conformance.reports import usual, write_all
from osia_conformance.support.secrets import ConfigurationError
from osia_conformance.verdict.finished_run import NOT_OURS, derived, header_of, records_of


def rebuild(directory: Path, formats: Collection[str] = ()) -> tuple[dict[str, Any], list[str]]:
    """Write the formats (the usual ones if none is named) into a run's report, beside it once it is signed.

    Returns the results, and sentences that the reader must know: that the run was cut off, that it was
    made by another version of the suite, that a format lies outside of what was signed. A killed run is
    incomplete, or nonconformant if a MUST had failed. Raises ConfigurationError if there is no usable journal,
    ReportError if a format could not be written.
    """
    records = records_of(directory)
    results = derived(records, directory)
    place = destination(directory)
    try:
        paths = write_all(results, records, place, formats or usual(place))
        notes = _notes(results, header_of(records)["tool"]["version"])
    except NOT_OURS as error:
        raise ConfigurationError(f"{directory}: the journal is not one of this suite ({error!r}).") from None
    outside = [f"{path}: outside the signed set, which stays as it is" for path in paths if place != directory]
    return results, [*outside, *notes]


def _notes(results: dict[str, Any], version: str) -> list[str]:
    notes = [str(reason) for reason in results["reasons"]]
    if version != __version__:
        notes.append(f"the run was made by version {version}; its words are those of {__version__}")
    return notes
