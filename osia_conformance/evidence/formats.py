"""Whether the formats of a report are what its journal gives: they are made anew and compared."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from osia_conformance import reports
from osia_conformance.evidence.files import ATTESTATION, EvidenceError, digests
from osia_conformance.reports import certificate
from osia_conformance.standard import provenance
from osia_conformance.support.text import one_line
from osia_conformance.verdict import journal

Record = Mapping[str, Any]

EVERY = (*reports.FORMATS, "earl", "oscal", "badge")


def check(directory: Path, results: Record, records: Sequence[Record]) -> list[str]:
    """Compare every format that the report has with what `results` and `records` give; return notes.

    Where Python or a package is not the one the run had, the same content may be written otherwise, and nothing
    is compared; a note says so. Raises EvidenceError for the first file that differs or cannot be made.
    """
    if not _as_then(records[0]["environment"]):
        return ["formats other than results.json were not compared: Python or packages are not those of the run"]
    present = digests(directory)
    as_pdf = certificate.FILE in present and certificate.is_made_by_this_library(directory / certificate.FILE)
    with tempfile.TemporaryDirectory() as place:
        made = _made(directory, results, records, Path(place) / "report", (*EVERY, *(("pdf",) if as_pdf else ())))
    for name, digest in made.items():
        if present.get(name, digest) != digest:
            raise EvidenceError(f"{name}: it is not what the journal gives; `osia-conformance report DIR` makes it")
    other = f"{certificate.FILE}: signed, and not compared: the PDF library that made it is not the one installed here"
    notes = [other] if certificate.FILE in present and not as_pdf else []
    apart = {*made, certificate.FILE}
    return [*notes, *(f"{name}: signed, and not made from the journal" for name in present if name not in apart)]


def _made(
    directory: Path, results: Record, records: Sequence[Record], place: Path, formats: Sequence[str]
) -> dict[str, str]:
    place.mkdir()
    shutil.copy(directory / journal.FILE, place)
    if (directory / ATTESTATION).exists():
        # The certificate names the key of the signature.
        shutil.copy(directory / ATTESTATION, place)
    if (directory / journal.BODIES).is_dir():
        shutil.copytree(directory / journal.BODIES, place / journal.BODIES)
    try:
        reports.write_all(results, records, place, formats)
    except reports.ReportError as error:
        raise EvidenceError(f"{journal.FILE}: no whole report can be made from it: {one_line(str(error))}") from None
    return digests(place)


def _as_then(environment: Record) -> bool:
    now = provenance.environment()
    return all(environment.get(name) == now[name] for name in ("python", "packages"))
