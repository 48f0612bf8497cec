"""JSON Schemas of the journal and of results.json, and whether a value fits them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs

from osia_conformance.support import files
from osia_conformance.support.json_types import Record
from osia_conformance.support.text import one_line
from osia_conformance.verdict.report_files import RESULTS


def validate(results: Record) -> None:
    """Raise ReportError with a sentence if `results` is not what results.schema.json describes."""
    _validate(results, "results.schema.json", RESULTS)


def validate_record(record: Record) -> None:
    """Raise ReportError with a sentence if `record` is no line of a journal (journal.schema.json)."""
    _validate(record, "journal.schema.json", f"the journal's {record.get('kind', 'nameless')} line")


def schema(name: str) -> dict[str, Any]:
    """Return the JSON Schema (2020-12) `name` that ships with the project."""
    loaded: dict[str, Any] = json.loads(Path(__file__).with_name(name).read_text(encoding="utf-8"))
    return loaded


def _validate(instance: Record, name: str, what: str) -> None:
    if _fast(name).is_valid(instance):
        return
    place, message = first_fault(instance, schema(name))
    where = f"{one_line(what)} does not fit {name} at {place}"
    raise files.ReportError(f"{where}: {message}; this is a fault of the suite.")


def first_fault(instance: Any, described: Mapping[str, Any]) -> tuple[str, str]:
    """Return where `instance` breaks the schema `described`, as a JSON path, and how, in one line."""
    # What is wrong is said by the validator that says it best, which is a hundred times slower.
    from jsonschema import Draft202012Validator  # noqa: PLC0415 - slow, and seldom needed
    from jsonschema.exceptions import best_match  # noqa: PLC0415

    validator = Draft202012Validator(described, format_checker=Draft202012Validator.FORMAT_CHECKER)
    error = best_match(validator.iter_errors(instance))
    return (error.json_path, one_line(error.message)) if error else ("$", "it is not valid")


@cache
def _fast(name: str) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(schema(name), validate_formats=True)
