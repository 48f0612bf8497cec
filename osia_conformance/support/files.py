"""How a report file comes to be: whole under its final name, or not at all."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

ADDED = "added"


class ReportError(Exception):
    """A report could not be made; the message is one sentence for the person who asked for it."""


def root(directory: Path) -> Path:
    """Return the report that is written to `directory`: itself, or the signed one whose `added/` it is."""
    inside = directory.name == ADDED and not (directory / "journal.jsonl").exists()
    return directory.parent if inside else directory


def as_json(value: Any) -> str:
    """Return `value` as pretty JSON (RFC 8259) with a final newline; raise ValueError for NaN and infinities.

    The text may hold lone surrogates; `write` turns each into its JSON escape.
    """
    return json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def write(path: Path, chunks: Iterable[str | bytes]) -> Path:
    """Write `chunks` to a temporary name beside `path`, then give the file its name; return `path`. Only the owner
    may read it.

    Text is written as UTF-8. A lone surrogate, which UTF-8 cannot hold, becomes the six characters of its
    escape, which in JSON still mean the same.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            for chunk in chunks:
                file.write(chunk if isinstance(chunk, bytes) else chunk.encode("utf-8", "backslashreplace"))
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
    return path
