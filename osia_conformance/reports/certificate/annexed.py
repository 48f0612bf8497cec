"""`certificate-annex.pdf`: the certificate with the exchanges of all that failed as an annex, however long."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from osia_conformance.reports.certificate import write_certificate
from osia_conformance.reports.exchanges import Record


def write(results: Record, records: Sequence[Record], directory: Path) -> Path:
    """Write the certificate with its annex under `directory` and return its path."""
    return write_certificate(results, records, directory, exchanges=True)
