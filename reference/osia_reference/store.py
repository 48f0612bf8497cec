"""Storage in SQLite: records as JSON, an index of their attributes, buffers in pieces."""

from __future__ import annotations

import json
import os
import sqlite3
import threading
import weakref
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PIECE = 256 * 1024
REACH = 1000

SETUP = "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON;"
SCHEMA = """
CREATE TABLE IF NOT EXISTS enrollment (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, record TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS attribute (
    name TEXT NOT NULL, kind TEXT NOT NULL, value NOT NULL,
    enrollment INTEGER NOT NULL REFERENCES enrollment ON DELETE CASCADE,
    PRIMARY KEY (name, kind, value, enrollment)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS attribute_of ON attribute (enrollment, name);
CREATE TABLE IF NOT EXISTS buffer (
    id TEXT PRIMARY KEY, enrollment TEXT NOT NULL, media_type TEXT NOT NULL, size INTEGER);
CREATE INDEX IF NOT EXISTS buffer_of ON buffer (enrollment);
CREATE TABLE IF NOT EXISTS piece (
    buffer TEXT NOT NULL REFERENCES buffer ON DELETE CASCADE, position INTEGER NOT NULL, data BLOB NOT NULL,
    PRIMARY KEY (buffer, position));
"""
ALSO = "AND EXISTS (SELECT 1 FROM attribute WHERE enrollment = found.enrollment AND"

Record = dict[str, Any]
Attribute = tuple[str, str, str | int | float]


class DeletedError(Exception):
    """What was being written has been deleted meanwhile."""


@dataclass(frozen=True, slots=True)
class Condition:
    """What one search expression asks of a row of `attribute`: an SQL expression and its parameters."""

    sql: str
    parameters: tuple[str | int | float, ...]


@dataclass(frozen=True, slots=True)
class StoredBuffer:
    """A buffer that is wholly there; `size` in bytes."""

    buffer_id: str
    media_type: str
    size: int


def opened(database: Path | str) -> sqlite3.Connection:
    """Return a connection to a database that has the tables.

    Raises:
        OSError: the file cannot be opened, or is no SQLite database.
    """
    try:
        _create_private(database)
        connection = sqlite3.connect(database, isolation_level=None, check_same_thread=False)
        try:
            connection.executescript(SETUP + SCHEMA)
        except sqlite3.Error:
            connection.close()
            raise
    except (sqlite3.Error, OSError) as error:
        why = getattr(error, "strerror", None) or error
        raise OSError(f"{database} cannot be used as a database ({why}); name another file.") from error
    return connection


def _create_private(database: Path | str) -> None:
    """Make the file of a new database one that only its owner reads; SQLite's files beside it take its mode."""
    if database == ":memory:" or Path(database).exists():
        return
    os.close(os.open(database, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))


class Store:
    """The database of one server. Each call is atomic; several are together while `lock` is held."""

    def __init__(self, database: Path | None = None) -> None:
        self.lock = threading.RLock()
        self._database = opened(":memory:" if database is None else database)
        # Python 3.13 warns of a database that nobody closed. A process that was forked leaves it to its parent.
        weakref.finalize(self, self._database.close).atexit = False
        self._execute("DELETE FROM buffer WHERE size IS NULL")

    def close(self) -> None:
        """Close the database once nobody is at it; an in-memory one is lost."""
        # SQLite's connection does not live through being closed by one thread while another one executes.
        with self.lock:
            self._database.close()

    def get(self, enrollment_id: str) -> Record | None:
        """Return the record, or None if there is none of this id."""
        row = self._execute("SELECT record FROM enrollment WHERE id = ?", (enrollment_id,)).fetchone()
        return None if row is None else self.decode(row[0])

    def insert(self, record: Record, attributes: Iterable[Attribute]) -> bool:
        """Store a new record; return False, with nothing changed, if its enrollmentId is taken."""
        with self._transaction():
            inserted = self._execute(
                "INSERT OR IGNORE INTO enrollment (id, record) VALUES (?, ?)",
                (record["enrollmentId"], self.encode(record)),
            )
            if inserted.rowcount:
                self._index(record["enrollmentId"], attributes)
        return bool(inserted.rowcount)

    def replace(self, record: Record, attributes: Iterable[Attribute]) -> None:
        """Store a record in place of the one with its enrollmentId."""
        with self._transaction():
            self._execute(
                "UPDATE enrollment SET record = ? WHERE id = ?", (self.encode(record), record["enrollmentId"])
            )
            self._index(record["enrollmentId"], attributes)

    def delete(self, enrollment_id: str) -> bool:
        """Delete a record and its buffers; return False if there is none of this id."""
        with self._transaction():
            deleted = self._execute("DELETE FROM enrollment WHERE id = ?", (enrollment_id,))
            self.delete_buffers(enrollment_id)
        return bool(deleted.rowcount)

    def find(self, conditions: Sequence[Condition]) -> Iterator[Record]:
        """Yield the records that meet all conditions, oldest first; all records if there are none."""
        sql = "SELECT record FROM enrollment"
        parameters: tuple[str | int | float, ...] = ()
        if conditions:
            # Start from the condition that the fewest records meet: each other costs one look-up a record.
            first, *others = sorted(conditions, key=self._reach)
            also = "".join(f" {ALSO} {other.sql})" for other in others)
            sql += f" WHERE number IN (SELECT enrollment FROM attribute AS found WHERE {first.sql}{also})"  # noqa: S608
            parameters = sum((each.parameters for each in (first, *others)), ())
        rows = self._execute(sql + " ORDER BY number", parameters)
        return (self.decode(row[0]) for row in rows.fetchall())

    @contextmanager
    def writing(self, enrollment_id: str, buffer_id: str, media_type: str) -> Iterator[Callable[[bytes], None]]:
        """Give a function that appends bytes to a new buffer; it can be read once the block has ended well.

        Raises:
            DeletedError: the enrollment was deleted while the buffer was being written.
        """
        self._execute(
            "INSERT INTO buffer (id, enrollment, media_type) VALUES (?, ?, ?)",
            (buffer_id, enrollment_id, media_type),
        )
        pending = bytearray()
        size = position = 0

        def save() -> None:
            nonlocal size, position
            try:
                self._execute("INSERT INTO piece VALUES (?, ?, ?)", (buffer_id, position, pending))
            except sqlite3.IntegrityError as error:
                raise DeletedError(buffer_id) from error
            size += len(pending)
            position += 1
            pending.clear()

        def append(data: bytes) -> None:
            pending.extend(data)
            if len(pending) >= PIECE:
                save()

        try:
            yield append
            save()
        except BaseException:
            self._execute("DELETE FROM buffer WHERE id = ?", (buffer_id,))
            raise
        self._execute("UPDATE buffer SET size = ? WHERE id = ?", (size, buffer_id))

    def get_buffer(self, enrollment_id: str, buffer_id: str) -> StoredBuffer | None:
        """Return what is known of a whole buffer of this enrollment, or None."""
        row = self._execute(
            "SELECT id, media_type, size FROM buffer WHERE id = ? AND enrollment = ? AND size IS NOT NULL",
            (buffer_id, enrollment_id),
        ).fetchone()
        return None if row is None else StoredBuffer(*row)

    def pieces(self, buffer_id: str) -> Iterator[bytes]:
        """Yield a buffer's bytes, at most one piece in memory at a time."""
        position = 0
        query = "SELECT data FROM piece WHERE buffer = ? AND position = ?"
        while row := self._execute(query, (buffer_id, position)).fetchone():
            yield row[0]
            position += 1

    def delete_buffers(self, enrollment_id: str) -> None:
        """Delete all buffers of an enrollment, also those still being written."""
        self._execute("DELETE FROM buffer WHERE enrollment = ?", (enrollment_id,))

    def encode(self, record: Record) -> str:
        """Return the text that is stored for a record."""
        return json.dumps(record, ensure_ascii=False, separators=(",", ":"))

    def decode(self, text: str) -> Record:
        """Return the record of a stored text."""
        record: Record = json.loads(text)
        return record

    def _execute(self, sql: str, parameters: Sequence[object] = ()) -> sqlite3.Cursor:
        with self.lock:
            return self._database.execute(sql, parameters)

    def _index(self, enrollment_id: str, attributes: Iterable[Attribute]) -> None:
        query = "SELECT number FROM enrollment WHERE id = ?"
        (number,) = self._execute(query, (enrollment_id,)).fetchone()
        self._execute("DELETE FROM attribute WHERE enrollment = ?", (number,))
        self._database.executemany(
            "INSERT OR IGNORE INTO attribute (name, kind, value, enrollment) VALUES (?, ?, ?, ?)",
            ((*attribute, number) for attribute in attributes),
        )

    def _reach(self, condition: Condition) -> int:
        query = f"SELECT count(*) FROM (SELECT 1 FROM attribute WHERE {condition.sql} LIMIT {REACH})"  # noqa: S608
        reach: int = self._execute(query, condition.parameters).fetchone()[0]
        return reach

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self.lock:
            self._execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._execute("ROLLBACK")
                raise
            self._execute("COMMIT")
