"""The exchanges of a journal as evidence: which belong to a check, and what their bodies hold."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from osia_conformance.support import json_types
from osia_conformance.support.files import open_regular, root

Record = json_types.Record

BODY_FILE = re.compile(r"bodies/[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Evidence:
    """All exchanges of a run by id, and their ids by check. `directory` is the report directory."""

    exchanges: Mapping[str, Record]
    by_check: Mapping[str, tuple[str, ...]]
    directory: Path

    def of(self, check: Record, limit: int = 50) -> list[Record]:
        """Return the exchanges that `check` names as evidence, else those made under it; at most `limit`."""
        ids = check.get("evidence") or self.by_check.get(check["id"], ())
        return [self.exchanges[id_] for id_ in ids if id_ in self.exchanges][:limit]

    def body(self, message: Record, limit: int | None = None) -> bytes | None:
        """Return the first `limit` bytes of a request's or response's body, None if its file is gone or is none."""
        name = message.get("bodyFile")
        if name is None:
            return inline(message)[:limit]
        # A report from elsewhere must not name a file outside its directory, nor link to one.
        if not BODY_FILE.fullmatch(name):
            return None
        try:
            with open_regular(self.directory, name) as file:
                return file.read(-1 if limit is None else limit)
        except OSError:
            return None


def gather(records: Iterable[Record], directory: Path) -> Evidence:
    """Return the evidence in the journal's `records`, whose long bodies lie under `directory`."""
    exchanges = {record["id"]: record for record in records if record["kind"] == "exchange"}
    by_check: dict[str, list[str]] = {}
    for id_, record in exchanges.items():
        by_check.setdefault(record["check"], []).append(id_)
    return Evidence(exchanges, {check: tuple(ids) for check, ids in by_check.items()}, root(directory))


def inline(message: Record) -> bytes:
    """Return the body that stands in the journal line itself; b"" if there is none."""
    text = str(message.get("body", ""))
    if message.get("encoding") == "base64":
        return base64.b64decode(text)
    return text.encode("utf-8", "surrogatepass")


def as_text(data: bytes, *, cut: bool = False) -> str | None:
    """Return `data` as text, None if not UTF-8; with `cut`, a character halved at the end is dropped."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        halved = cut and error.reason == "unexpected end of data"
        return data[: error.start].decode("utf-8") if halved else None


def header(message: Record, name: str) -> str:
    """Return the first value of header `name` (case-insensitive), "" if there is none."""
    return next((value for key, value in message["headers"] if key.lower() == name), "")


def summary(exchange: Record) -> str:
    """Return an exchange on one line: `POST https://host/v1/... -> 201, 12 ms`."""
    request, response = exchange["request"], exchange["response"]
    came = f"{response['status']}, {milliseconds(exchange):.0f} ms" if response else f"no answer: {exchange['error']}"
    return f"{request['method']} {request['url']} -> {came}"


def milliseconds(exchange: Record) -> float:
    """Return how long an exchange took, 0 if no answer came to end it."""
    return round((exchange["elapsed"] or 0) * 1000, 3)
