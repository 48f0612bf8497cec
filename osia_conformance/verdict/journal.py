"""The journal: the run's one source, written line by line while it goes (docs/journal.md)."""

from __future__ import annotations

import base64
import errno
import fcntl
import hashlib
import json
import math
import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import msgspec

from osia_conformance.support import files

FILE = "journal.jsonl"
BODIES = "bodies"
INLINE_LIMIT = 8 * 1024
_ALWAYS_KEPT = 1024
_KIND = b'{"kind":"'
_DELETE = b"\x7f"
_ENCODER = json.JSONEncoder(ensure_ascii=True, separators=(",", ":"))


def encoded(line: Mapping[str, Any]) -> bytes:
    """Return a line as it is written here, without its end: JSON in ASCII, without spaces."""
    # msgspec takes a fifth of the time. What is not visible ASCII then, or nothing for it, is left to `json`.
    with suppress(TypeError, ValueError, OverflowError, RecursionError):
        data = msgspec.json.encode(line)
        if data.isascii() and _DELETE not in data:
            return data
    return _ENCODER.encode(line).encode("ascii")


class Unwritable(OSError):
    """The journal, or a body beside it, cannot be written: the disk is full, perhaps. The text is one sentence."""

    def __init__(self, path: Path, error: OSError) -> None:
        super().__init__(f"{path} cannot be written: {error.strerror or error}")


class Journal:
    """Appends to `journal.jsonl`. Several processes may write at once: each line is whole, or not there.

    Whoever writes holds a lock on the file. A line that did not fit is taken back, and one that a killed process
    did not finish is cut off by the next to write, so that none runs into another.
    """

    def __init__(self, directory: Path, most: int | None = None) -> None:
        """Open the journal of `directory`; `most` is how many bytes may be written before answers are kept no more."""
        self.directory = directory
        self._left = math.inf if most is None else most
        self._file = os.open(directory / FILE, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        self._lock = threading.Lock()
        self._closed = False

    def write(self, kind: str, **members: Any) -> None:
        """Append one line. Raises Unwritable when it cannot be written whole; nothing of it stays then."""
        line = encoded({"kind": kind, **members}) + b"\n"
        try:
            with self._lock:
                self._require_open()
                with _locked(self._file):
                    self._append(line)
                self._left -= len(line)
        except OSError as error:
            raise Unwritable(self.directory / FILE, error) from error

    def _append(self, line: bytes) -> None:
        start = os.fstat(self._file).st_size
        if start and os.pread(self._file, 1, start - 1) != b"\n":
            mend(self.directory)
            start = os.fstat(self._file).st_size
        written = 0
        try:
            while written < len(line):
                written += os.write(self._file, line[written:])
        finally:
            if written < len(line):
                os.ftruncate(self._file, start)

    def body(self, data: bytes) -> dict[str, Any]:
        """Return the members that state a body: `size` in bytes, and `body` as text or base64 (`encoding`).

        Above 8 KiB it is kept under bodies/, which `bodyFile` names (`keep`, whose errors it raises).
        """
        if not data:
            return {"size": 0}
        if len(data) > INLINE_LIMIT:
            return {"bodyFile": self.keep(data), "size": len(data)}
        try:
            return {"body": data.decode("utf-8"), "size": len(data)}
        except UnicodeDecodeError:
            return {"body": base64.b64encode(data).decode("ascii"), "encoding": "base64", "size": len(data)}

    def answer_body(self, data: bytes) -> dict[str, Any]:
        """Return the members that state the body of an answer, as `body` does; once too much was written, of one that
        a target made long there are size and SHA-256."""
        if len(data) <= _ALWAYS_KEPT or len(data) <= self._left:
            return self.body(data)
        return {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}

    def keep(self, data: bytes) -> str:
        """Keep bytes beside the journal; return the path of their file in it, bodies/<SHA-256>. Raises Unwritable."""
        name = f"{BODIES}/{hashlib.sha256(data).hexdigest()}"
        path = self.directory / name
        if path.is_symlink() or not path.exists():
            try:
                files.make_directory(path.parent)
                files.write(path, [data])
                self._left -= len(data)
            except OSError as error:
                raise Unwritable(path, error) from error
        return name

    def close(self) -> None:
        """Close the file; the journal can still be read, and a thread that comes late is told that it is Unwritable."""
        with self._lock:
            if not self._closed:
                os.close(self._file)
            self._closed = True

    def _require_open(self) -> None:
        if self._closed:
            raise OSError(errno.EBADF, "the run is over")


@contextmanager
def _locked(file: int) -> Iterator[None]:
    """Hold the file against other processes; a file system without locks goes without."""
    with suppress(OSError):
        fcntl.flock(file, fcntl.LOCK_EX)
    try:
        yield
    finally:
        with suppress(OSError):
            fcntl.flock(file, fcntl.LOCK_UN)


def begun(directory: Path) -> bool:
    """Return whether anything stands in the directory's journal."""
    path = directory / FILE
    return path.exists() and path.stat().st_size > 0


def mend(directory: Path) -> None:
    """Cut off a last line that was never finished, so that others can follow; nobody else may be writing."""
    data = files.read(directory, FILE)
    whole = data.rpartition(b"\n")[0]
    end = len(whole) + 1 if b"\n" in data else 0
    if end < len(data):
        with os.fdopen(os.open(directory / FILE, os.O_RDWR | os.O_NOFOLLOW), "r+b") as file:
            file.truncate(end)


def read(directory: Path, *kinds: str) -> list[dict[str, Any]]:
    """Return the journal's lines, or those of some kinds; a last line that was cut off is left out.

    Raises FileNotFoundError if there is no journal, ValueError if a whole line is no JSON object.
    """
    return list(each(directory, *kinds))


def each(directory: Path, *kinds: str) -> Iterator[dict[str, Any]]:
    """Yield what `read` returns, line by line, without having all of them in memory."""
    wanted = tuple(_beginning(kind) for kind in kinds)
    for number, line in enumerate(whole_lines(directory), start=1):
        if wanted and line.startswith(_KIND) and not line.startswith(wanted):
            continue
        record = decoded(line, number)
        if not kinds or record["kind"] in kinds:
            yield record


def whole_lines(directory: Path) -> Iterator[bytes]:
    """Yield each line that was finished, without its end."""
    with files.open_regular(directory, FILE) as file:
        for line in file:
            if line.endswith(b"\n"):
                yield line[:-1]


def decoded(line: bytes, number: int) -> dict[str, Any]:
    """Return the members of a line; raises ValueError, which names its number, if it is no JSON object of a kind."""
    try:
        record = parsed(line)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{FILE}: line {number} is no JSON: {error}") from error
    if not isinstance(record, dict) or not isinstance(record.get("kind"), str):
        raise ValueError(f"{FILE}: line {number} is no object with a kind")  # noqa: TRY004 - as the other
    return record


def parsed(line: bytes) -> Any:
    """Return the JSON value of a line, as `json.loads` gives it and with its errors (ValueError, RecursionError).

    msgspec takes a quarter of the time. What it refuses and `json` takes is left to `json`: half a surrogate pair,
    NaN, a number beyond a double.
    """
    try:
        return msgspec.json.decode(line)
    except (ValueError, RecursionError):
        return json.loads(line)


def _beginning(kind: str) -> bytes:
    """Return how a line of this kind begins, as it is written here."""
    return encoded({"kind": kind})[:-1]


def files_of(records: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the files beside the journal that its lines name, sorted: long bodies, and a vendor's OpenAPI file."""
    exchanges = (line for line in records if line["kind"] == "exchange")
    messages = (line[side] for line in exchanges for side in ("request", "response") if line[side])
    found = {message["bodyFile"] for message in messages if "bodyFile" in message}
    specs = (line.get("spec", {}) for line in records if line["kind"] == "header")
    return sorted(found.union(spec["file"] for spec in specs if "file" in spec))


def body_of(directory: Path, part: dict[str, Any]) -> bytes:
    """Return the bytes of a body as `Journal.body` stated it. Raises OSError if its file cannot be read."""
    if "bodyFile" in part:
        return files.read(directory, str(part["bodyFile"]))
    text = str(part.get("body", ""))
    return base64.b64decode(text) if part.get("encoding") == "base64" else text.encode("utf-8")
