"""The journal: the run's one source, written line by line while it goes (docs/journal.md)."""

from __future__ import annotations

import base64
import hashlib
import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

FILE = "journal.jsonl"
BODIES = "bodies"
INLINE_LIMIT = 64 * 1024


def now() -> str:
    """Return the time as UTC in ISO 8601 with milliseconds and Z."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Journal:
    """Appends to `journal.jsonl`. Several processes may write at once: each line is a single append."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._file = os.open(directory / FILE, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def write(self, kind: str, **members: Any) -> None:
        """Append one line. Raises OSError when it cannot be written whole (a full disk)."""
        line = json.dumps({"kind": kind, **members}, ensure_ascii=True, separators=(",", ":")).encode() + b"\n"
        written = os.write(self._file, line)
        if written != len(line):
            raise OSError(f"{self.directory / FILE}: only {written} of {len(line)} bytes could be written")

    def body(self, data: bytes) -> dict[str, Any]:
        """Return the members that state a body; above 64 KiB it is kept under bodies/ by its SHA-256."""
        if not data:
            return {"size": 0}
        if len(data) > INLINE_LIMIT:
            return {"bodyFile": self._keep(data), "size": len(data)}
        try:
            return {"body": data.decode("utf-8"), "size": len(data)}
        except UnicodeDecodeError:
            return {"body": base64.b64encode(data).decode("ascii"), "encoding": "base64", "size": len(data)}

    def _keep(self, data: bytes) -> str:
        name = f"{BODIES}/{hashlib.sha256(data).hexdigest()}"
        path = self.directory / name
        if not path.exists():
            path.parent.mkdir(mode=0o700, exist_ok=True)
            part = path.with_suffix(f".{os.getpid()}.part")
            part.write_bytes(data)
            part.replace(path)
        return name

    def close(self) -> None:
        """Close the file; the journal can still be read."""
        os.close(self._file)


def begun(directory: Path) -> bool:
    """Return whether anything stands in the directory's journal."""
    path = directory / FILE
    return path.exists() and path.stat().st_size > 0


def mend(directory: Path) -> None:
    """Cut off a last line that was never finished, so that others can follow; nobody else may be writing."""
    path = directory / FILE
    data = path.read_bytes()
    whole = data.rpartition(b"\n")[0]
    end = len(whole) + 1 if b"\n" in data else 0
    if end < len(data):
        os.truncate(path, end)


def read(directory: Path) -> list[dict[str, Any]]:
    """Return the journal's lines; a last line that was cut off is left out.

    Raises FileNotFoundError if there is no journal, ValueError if a whole line is no JSON object.
    """
    return list(_lines((directory / FILE).read_bytes()))


def _lines(data: bytes) -> Iterator[dict[str, Any]]:
    whole, _, _ = data.rpartition(b"\n")
    for number, line in enumerate(whole.split(b"\n") if whole else (), start=1):
        try:
            record = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise ValueError(f"{FILE}: line {number} is no JSON: {error}") from error
        if not isinstance(record, dict) or not isinstance(record.get("kind"), str):
            raise ValueError(f"{FILE}: line {number} is no object with a kind")  # noqa: TRY004 - as the other
        yield record


def body_of(directory: Path, part: dict[str, Any]) -> bytes:
    """Return the bytes of a request's or response's body as the journal has it."""
    if "bodyFile" in part:
        return (directory / str(part["bodyFile"])).read_bytes()
    text = str(part.get("body", ""))
    return base64.b64decode(text) if part.get("encoding") == "base64" else text.encode("utf-8")
