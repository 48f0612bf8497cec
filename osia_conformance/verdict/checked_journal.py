"""The one reading of a journal that somebody else may have written: each line is one of this suite's."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs

from osia_conformance.support import files
from osia_conformance.support.text import one_line
from osia_conformance.verdict import schemas
from osia_conformance.verdict.journal import FILE, read

_SCHEMA = "journal.schema.json"


class JournalError(ValueError):
    """A journal is not one of this suite; the text is a clause that begins with what is wrong."""


def read_journal(directory: Path, *, sealed: bool = False) -> list[dict[str, Any]]:
    """Return the lines of a report's journal, each as its schema has it, the header first.

    A last line that was cut off is left out. With `sealed`, as for a signature, that is an error, and so is a key
    that stands twice in one object. Raises JournalError, OSError if the file cannot be read.
    """
    data = files.read(directory, FILE)
    whole, _, rest = data.rpartition(b"\n")
    if sealed and rest:
        raise JournalError("its last line is not finished")
    lines = whole.split(b"\n") if whole else []
    records = [_record(line, number, sealed=sealed) for number, line in enumerate(lines, start=1)]
    _expect_one_header(records)
    for number, record in enumerate(records, start=1):
        _expect_fit(record, number)
    return records


def read_kind(directory: Path, kind: str) -> list[dict[str, Any]]:
    """Return the lines of one kind of a report's journal, each as its schema has it; raises as `read_journal` does."""
    try:
        records = read(directory, kind)
    except ValueError:
        raise JournalError("a line is no JSON") from None
    for number, record in enumerate(records, start=1):
        _expect_fit(record, number)
    return records


def _record(line: bytes, number: int, *, sealed: bool) -> dict[str, Any]:
    try:
        record = _sealed_json(line.decode("utf-8", "surrogatepass")) if sealed else json.loads(line)
    except JournalError as error:
        raise JournalError(f"in line {number} {error}") from None
    except (ValueError, RecursionError):
        raise JournalError(f"line {number} is no JSON") from None
    if not isinstance(record, dict) or not isinstance(record.get("kind"), str):
        raise JournalError(f"line {number} is no object with a kind")
    return record


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise JournalError(f"the key {one_line(twice, 40)} stands twice in one object")
    return members


_sealed_json = json.JSONDecoder(object_pairs_hook=_once).decode
"""Reads JSON in which no key stands twice; one decoder for all lines, since `json.loads` makes one anew each time."""


def _expect_one_header(records: Sequence[dict[str, Any]]) -> None:
    headers = [number for number, record in enumerate(records) if record["kind"] == "header"]
    if not headers or headers[0] != 0:
        raise JournalError("it does not begin with a header, so nothing is known about its run")
    if len(headers) > 1:
        raise JournalError(f"line {headers[1] + 1} is a second header")


def _expect_fit(record: dict[str, Any], number: int) -> None:
    validator = _validators().get(record["kind"])
    if validator is None:
        raise JournalError(f"line {number} is of an unknown kind, {one_line(record['kind'], 40)!r}")
    if not validator.is_valid(record):
        where, message = schemas.first_fault(record, _of_kind(record["kind"]))
        raise JournalError(f"line {number} is not as the journal's schema has it at {one_line(where)}: {message}")


@cache
def _validators() -> dict[str, jsonschema_rs.Draft202012Validator]:
    kinds = [branch["$ref"].rpartition("/")[2] for branch in schemas.schema(_SCHEMA)["oneOf"]]
    return {kind: jsonschema_rs.Draft202012Validator(_of_kind(kind), validate_formats=True) for kind in kinds}


def _of_kind(kind: str) -> dict[str, Any]:
    return {"$defs": schemas.schema(_SCHEMA)["$defs"], "$ref": f"#/$defs/{kind}"}
