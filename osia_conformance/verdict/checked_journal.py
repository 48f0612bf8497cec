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
from osia_conformance.verdict.journal import FILE, encoded, parsed, read

_SCHEMA = "journal.schema.json"
_ONE_OF_A_RUN = ("header", "register", "footer")
"""Kinds of which a run writes one line: with a second one, readers could choose."""


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
    _expect_each_once(records)
    for number, record in enumerate(records, start=1):
        _expect_fit(record, number)
    _expect_one_plan(records)
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
        record = parsed(line)
        # A line that is as this suite would write it has no key twice.
        if sealed and (not isinstance(record, dict) or encoded(record) != line):
            record = _sealed_json(line.decode("utf-8", "surrogatepass"))
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


def _expect_each_once(records: Sequence[dict[str, Any]]) -> None:
    if not records or records[0]["kind"] != "header":
        raise JournalError("it does not begin with a header, so nothing is known about its run")
    seen: set[str] = set()
    for number, record in enumerate(records, start=1):
        kind = record["kind"]
        if kind in _ONE_OF_A_RUN and kind in seen:
            raise JournalError(f"line {number} is a second {kind}")
        seen.add(kind)


def _expect_one_plan(records: Sequence[dict[str, Any]]) -> None:
    """Raise JournalError for a second plan that differs: each process of a run writes the same one."""
    plans = [(number, record) for number, record in enumerate(records, start=1) if record["kind"] == "plan"]
    for number, plan in plans[1:]:
        if _planned(plan) != _planned(plans[0][1]):
            raise JournalError(f"line {number} is another plan than that of line {plans[0][0]}")


def _planned(plan: dict[str, Any]) -> set[tuple[str, str]]:
    return {(check["requirement"], check["id"]) for check in plan["checks"]}


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
