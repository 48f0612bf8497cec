"""How a report's files are written and read: whole or not at all, and never through a link.

A report may come from anybody. Below its directory no link is followed; what is no regular file, or is larger than
any run writes, is refused before it is opened.
"""

from __future__ import annotations

import errno
import json
import os
import secrets
import shutil
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from io import BufferedReader
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

ADDED = "added"
LARGEST = 1 << 30
"""Bytes of the largest file that is read of a report."""

_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_NOT_REGULAR = "it is no regular file"


class ReportError(Exception):
    """A report could not be made; the message is one sentence for the person who asked for it."""


def root(directory: Path) -> Path:
    """Return the report that is written to `directory`: itself, or the signed one whose `added/` it is."""
    inside = directory.name == ADDED and not (directory / "journal.jsonl").exists()
    return directory.parent if inside else directory


def named(path: Path) -> Path:
    """Return the directory or file that a person names; the one behind it where that is a link: it is their own."""
    return path.resolve() if path.is_symlink() else path


def as_json(value: Any) -> str:
    """Return `value` as pretty JSON (RFC 8259) with a final newline; raise ValueError for NaN and infinities.

    The text may hold lone surrogates; `write` turns each into its JSON escape.
    """
    text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    try:
        # Python's own encoder is four times slower where it indents.
        return msgspec.json.format(text, indent=2) + "\n"
    except (ValueError, RecursionError):
        return json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def as_json_line(value: Any) -> str | bytes:
    """Return `value`, which holds no NaN and no infinity, as JSON (RFC 8259) on one line: UTF-8, or a text as that of
    `as_json`."""
    # msgspec takes a third of the time. What it refuses is left to `json`: lone surrogates, numbers beyond 64 bits.
    with suppress(TypeError, ValueError, OverflowError, RecursionError):
        return msgspec.json.format(msgspec.json.encode(value), indent=0)
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def write(path: Path, chunks: Iterable[str | bytes]) -> Path:
    """Write `chunks` to a temporary name beside `path`, then give the file its name; return `path`. Only the owner
    may read it. A link in its place is replaced; a directory that is a link raises OSError.

    Text is written as UTF-8. A lone surrogate, which UTF-8 cannot hold, becomes the six characters of its
    escape, which in JSON still mean the same.
    """
    with opened(path.parent) as folder:
        temporary = _random_name(path.name)
        try:
            with os.fdopen(os.open(temporary, _CREATE, 0o600, dir_fd=folder), "wb") as file:
                for chunk in chunks:
                    file.write(chunk if isinstance(chunk, bytes) else chunk.encode("utf-8", "backslashreplace"))
            os.replace(temporary, path.name, src_dir_fd=folder, dst_dir_fd=folder)
        except BaseException:
            _unlink(temporary, folder)
            raise
    return path


def make_directory(path: Path) -> Path:
    """Make the directory `path`, which only the owner may read, unless it is there; raise OSError for a link."""
    try:
        path.mkdir(mode=0o700)
    except FileExistsError:
        with opened(path):
            pass
    return path


@contextmanager
def new_directory(path: Path) -> Iterator[int]:
    """Yield the descriptor of a new directory under a temporary name beside `path`; then it gets its name.

    What stood there before goes. Raises OSError, also where `path` is a link.
    """
    temporary = path.with_name(_random_name(path.name))
    temporary.mkdir(mode=0o700)
    try:
        with opened(temporary) as folder:
            yield folder
        if not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        os.replace(temporary, path)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def create(name: str, folder: int) -> BinaryIO:
    """Open the new file `name` in the directory of the descriptor `folder`; only the owner may read it."""
    return os.fdopen(os.open(name, _CREATE, 0o600, dir_fd=folder), "wb")


@contextmanager
def opened(directory: Path, *, follow: bool = False) -> Iterator[int]:
    """Yield a descriptor of `directory`; raise OSError where it is a link, unless links are to be followed."""
    folder = os.open(directory, _DIRECTORY | (0 if follow else os.O_NOFOLLOW))
    try:
        yield folder
    finally:
        os.close(folder)


def open_regular(directory: Path, name: str, most: int = LARGEST) -> BufferedReader:
    """Open the file `name`, its parts divided by "/", below `directory`.

    Raises FileNotFoundError, or OSError with a phrase for a link on the way, what is no regular file, and one of
    more than `most` bytes.
    """
    *folders, last = name.split("/")
    where = str(directory / name)
    folder = os.open(directory, _DIRECTORY)
    try:
        for part in folders:
            inner = os.open(part, _DIRECTORY | os.O_NOFOLLOW, dir_fd=folder)
            os.close(folder)
            folder = inner
        return os.fdopen(entry_descriptor(last, folder, where, most), "rb")
    except OSError as error:
        raise OSError(error.errno, _reason(error), where) from None
    finally:
        os.close(folder)


def entry_descriptor(name: str, folder: int, where: str, most: int = LARGEST) -> int:
    """Return the descriptor of the regular file `name` in the directory with the descriptor `folder`, opened for
    reading as `open_regular` does."""
    # First without opening it: what is no file may act when it is opened, or never answer.
    _expect_regular(os.stat(name, dir_fd=folder, follow_symlinks=False), where, most)
    file = os.open(name, _READ, dir_fd=folder)
    try:
        _expect_regular(os.fstat(file), where, most)
    except OSError:
        os.close(file)
        raise
    return file


def read(directory: Path, name: str, most: int = LARGEST) -> bytes:
    """Return the content of a file as `open_regular` opens it."""
    with open_regular(directory, name, most) as file:
        data = file.read(most + 1)
    if len(data) > most:
        raise OSError(errno.EFBIG, _too_large(most), str(directory / name))
    return data


def is_regular(directory: Path, name: str) -> bool:
    """Tell whether `name` is a regular file below `directory`, without a link on the way."""
    try:
        open_regular(directory, name).close()
    except OSError:
        return False
    return True


def _expect_regular(status: os.stat_result, where: str, most: int) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise OSError(errno.EINVAL, _NOT_REGULAR, where)
    if status.st_size > most:
        raise OSError(errno.EFBIG, _too_large(most), where)


def _too_large(most: int) -> str:
    return f"it is larger than {most:,} bytes, which no run writes"


def _reason(error: OSError) -> str:
    if error.errno in (errno.ELOOP, errno.EMLINK):
        return "a link leads to it"
    return error.strerror or "it cannot be opened"


def _random_name(name: str) -> str:
    return f".{name[:100]}.{secrets.token_hex(8)}.tmp"


def _unlink(name: str, folder: int) -> None:
    try:
        os.unlink(name, dir_fd=folder)
    except OSError:
        return
