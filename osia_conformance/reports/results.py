"""`results.json`: the verdict for machines, and the JSON Schemas of it and of the journal."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs

from osia_conformance.reports import files
from osia_conformance.reports.evidence import Record
from osia_conformance.reports.text import one_line


def write(results: Record, records: Sequence[Record], directory: Path) -> Path:
    """Write `results` to `results.json` under `directory` and return its path."""
    return files.write(directory / "results.json", [files.as_json(results)])


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


def validate(results: Record) -> None:
    """Raise ReportError with a sentence if `results` is not what results.schema.json describes."""
    _validate(results, "results.schema.json", "results.json")


def validate_record(record: Record) -> None:
    """Raise ReportError with a sentence if `record` is no line of a journal (journal.schema.json)."""
    _validate(record, "journal.schema.json", f"the journal's {record.get('kind', 'nameless')} line")


def schema(name: str) -> dict[str, Any]:
    """Return the JSON Schema (2020-12) `name` that ships with the project."""
    loaded: dict[str, Any] = json.loads(Path(__file__).with_name(name).read_text(encoding="utf-8"))
    return loaded


def _arranged(requirement: Record) -> dict[str, Any]:
    checks = sorted(requirement["checks"], key=lambda check: check["id"])
    return {**requirement, "operations": sorted(requirement["operations"]), "checks": checks}


def _sorted_map(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _sorted_map(value[key]) for key in sorted(value)}
    return value


def _validate(instance: Record, name: str, what: str) -> None:
    if _fast(name).is_valid(instance):
        return
    # What is wrong is said by the validator that says it best, which is a hundred times slower.
    from jsonschema import Draft202012Validator  # noqa: PLC0415 - slow, and seldom needed
    from jsonschema.exceptions import best_match  # noqa: PLC0415

    validator = Draft202012Validator(schema(name), format_checker=Draft202012Validator.FORMAT_CHECKER)
    error = best_match(validator.iter_errors(instance))
    place, message = (error.json_path, one_line(error.message)) if error else ("$", "it is not valid")
    where = f"{one_line(what)} does not fit {name} at {place}"
    raise files.ReportError(f"{where}: {message}; this is a fault of the suite.")


@cache
def _fast(name: str) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(schema(name), validate_formats=True)
