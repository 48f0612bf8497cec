"""What a certificate says of its run before any outcome: digests, key, dates, names."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from osia_conformance.reports.exchanges import Record
from osia_conformance.reports.moments import instant
from osia_conformance.support.files import open_regular, root
from osia_conformance.verdict.journal import FILE as JOURNAL
from osia_conformance.verdict.report_files import ATTESTATION

NOT_STATED = "not stated"
PARTIES = ("body", "address", "authorised-by", "customer")
"""What [report] of the configuration says; an official certificate needs all of it."""


@dataclass(frozen=True, slots=True)
class RunFacts:
    """Facts of a run. `journal` and `key` are hex digests, `key` None for a report without a signature.

    `digests` are those of what the run was judged by, by name; `report` is [report] of the configuration.
    """

    journal: str | None
    key: str | None
    demonstration: bool
    started: datetime
    finished: datetime | None
    digests: Mapping[str, str]
    report: Mapping[str, str]

    @property
    def issued(self) -> datetime:
        """When the run had all that is in the document."""
        return self.finished or self.started


def run_facts(results: Record, records: Sequence[Record], directory: Path, key: str | None = None) -> RunFacts:
    """Return the facts of the run that is reported in `directory`; `key` is the id of the key that will sign it."""
    header = next((record for record in records if record["kind"] == "header"), {})
    place = root(directory)
    stated = results.get("report") or results["configuration"].get("report") or {}
    return RunFacts(
        journal=_digest(place, JOURNAL),
        key=key or signing_key(place),
        demonstration=bool(results.get("demonstration", results["target"].get("embedded", False))),
        started=instant(results["started"]),
        finished=instant(results["finished"]) if results["finished"] else None,
        digests=header.get("sources", {}),
        report={name.replace("_", "-"): str(value) for name, value in stated.items() if value},
    )


def signing_key(directory: Path) -> str | None:
    """Return the id of the key that the report's signature names, None if there is no signature that names one."""
    try:
        with open_regular(directory, ATTESTATION) as file:
            envelope: Any = json.loads(file.readline())
        name = envelope["signatures"][0]["keyid"]
    except (OSError, ValueError, LookupError, TypeError):
        return None
    return str(name) if name else None


def _digest(directory: Path, name: str) -> str | None:
    try:
        with open_regular(directory, name) as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None
