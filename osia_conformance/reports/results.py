"""`results.json`: the verdict for machines, and the JSON Schemas of it and of the journal."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from osia_conformance.reports.exchanges import Record
from osia_conformance.support import files
from osia_conformance.verdict.report_files import RESULTS


def write(results: Record, records: Sequence[Record], directory: Path) -> Path:
    """Write `results` to `results.json` under `directory` and return its path."""
    return files.write(directory / RESULTS, [files.as_json(results)])


def arrange(results: Record) -> dict[str, Any]:
    """Return `results` with every list and map whose order says nothing in sorted order."""
    requirements = sorted(results["requirements"], key=lambda requirement: requirement["id"])
    return {
        **results,
        "requirements": [_arranged(requirement) for requirement in requirements],
        "observations": sorted(
            results["observations"], key=lambda seen: (seen["ruling"], seen["operation"], seen["text"])
        ),
        "leftovers": sorted(results["leftovers"], key=lambda leftover: leftover["enrollment"]),
        "environment": _sorted_map(results["environment"]),
        "configuration": _sorted_map(results["configuration"]),
    }


def _arranged(requirement: Record) -> dict[str, Any]:
    checks = sorted(requirement["checks"], key=lambda check: check["id"])
    return {**requirement, "operations": sorted(requirement["operations"]), "checks": checks}


def _sorted_map(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _sorted_map(value[key]) for key in sorted(value)}
    return value
