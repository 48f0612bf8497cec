"""`certificate.pdf`: the document of about 10 to 15 pages that an auditor signs (after ISO/IEC 17025, 7.8).

`document` makes the document of plain data, one module a section; `writer` sets it with `template.typ`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from osia_conformance.reports import ADDITIONAL_FILES
from osia_conformance.reports.certificate.document import document
from osia_conformance.reports.certificate.writer import MissingPackage, check_installed, is_made_by_this_library, pdf
from osia_conformance.reports.exchanges import Record
from osia_conformance.support import files

__all__ = [
    "ANNEXED",
    "FILE",
    "FILES",
    "MissingPackage",
    "check_installed",
    "document",
    "is_made_by_this_library",
    "write",
    "write_certificate",
]

FILES = {name: ADDITIONAL_FILES[name] for name in ("pdf", "annex")}
"""By format, its file: a certificate with the exchanges of all that failed is a format of its own, since it may be
long."""

FILE, ANNEXED = FILES.values()


def write(results: Record, records: Sequence[Record], directory: Path) -> Path:
    """Write the certificate of `results` to `certificate.pdf` under `directory` and return its path."""
    return write_certificate(results, records, directory)


def write_certificate(
    results: Record, records: Sequence[Record], directory: Path, *, key: str | None = None, exchanges: bool = False
) -> Path:
    """Write the certificate and return its path.

    `key` is the id of the key that the report will be signed with, None for the one that its signature names;
    `exchanges` adds the exchanges of all that failed as an annex, and the file has a name of its own. Raises
    MissingPackage, a ReportError, if the extra `pdf` is not installed.
    """
    made = pdf(document(results, records, directory, key=key, exchanges=exchanges))
    return files.write(directory / (ANNEXED if exchanges else FILE), [made])
