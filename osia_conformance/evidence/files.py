"""Which files a report has: those that are signed, the signature itself, and what was added to it later."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from typing import BinaryIO

from osia_conformance.support.files import ADDED, LARGEST, entry_descriptor, make_directory
from osia_conformance.support.secrets import ConfigurationError
from osia_conformance.verdict import report_files
from osia_conformance.verdict.journal import BODIES
from osia_conformance.verdict.journal import FILE as JOURNAL

ATTESTATION = report_files.ATTESTATION
_PIECE = 1 << 20
_MANY = f"{report_files.ALLURE}/"
_SMALL, _MOST_SMALL = 1 << 16, 4096
"""Bytes of a file of that directory, and how many of these, that are kept in memory: to write each costs more."""


class EvidenceError(ValueError):
    """Something in a report does not hold; the sentence names the file and what it is."""


def check_report(directory: Path) -> None:
    """Raise ConfigurationError if `directory` holds neither a journal nor a signature: it is no report."""
    if not any(os.path.lexists(directory / name) for name in (JOURNAL, ATTESTATION)):
        raise ConfigurationError(
            f"{directory} is no report: it holds no {JOURNAL}; name the directory that a run wrote."
        )


def destination(directory: Path) -> Path:
    """Return where formats are written: into the report, once it is signed into its `added/`, made here.

    Raises ConfigurationError if that cannot be made, or is a link.
    """
    if not os.path.lexists(directory / ATTESTATION):
        return directory
    place = directory / ADDED
    try:
        return make_directory(place)
    except OSError as error:
        reason = "it is a link" if place.is_symlink() else error.strerror
        raise ConfigurationError(f"{place} cannot be made: {reason}.") from None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A private copy of a report, in which nothing changes while it is judged; each file was read once.

    `digests` are the SHA-256 (hex) of its files by path, the signature and what lies under `added/` left out;
    `added` are the paths of the latter. `directory` holds plain files alone; `small` are the contents of the many
    small ones that a format consists of, which are not in it.
    """

    directory: Path
    digests: Mapping[str, str]
    added: Sequence[str]
    small: Mapping[str, bytes]

    def content(self, name: str) -> bytes:
        """Return the content of a file by its path."""
        return self.small[name] if name in self.small else (self.directory / name).read_bytes()


@contextmanager
def snapshot(directory: Path) -> Iterator[Snapshot]:
    """Copy the report in `directory` to a place of our own and yield it.

    Raises EvidenceError for a link, a device, a directory without any file, or a name that is not UTF-8, OSError for a
    file that cannot be read.
    """
    with tempfile.TemporaryDirectory(prefix="osia-evidence-") as place:
        copy = Path(place) / "report"
        small: dict[str, bytes] = {}
        digests, added = _copied(directory, copy, small)
        yield Snapshot(copy, dict(sorted(digests.items())), sorted(added), small)


def digests(directory: Path) -> dict[str, str]:
    """Return the SHA-256 (hex) of every file of the report by its path, `/` between its parts, sorted; errors and
    what is left out as of `snapshot`."""
    return dict(sorted(_copied(directory, None)[0].items()))


def _copied(
    directory: Path, copy: Path | None, small: dict[str, bytes] | None = None
) -> tuple[dict[str, str], list[str]]:
    found: dict[str, str] = {}
    added: list[str] = []
    # Below the report's own directory no link is followed, and each name is opened in the directory it was found in.
    for place, folders, names, folder in os.fwalk(directory, onerror=_raise):
        here = Path(place).relative_to(directory)
        _expect_content(here, folders, names)
        folders.sort()
        if copy is not None:
            (copy / here).mkdir(mode=0o700)
        links = [name for name in folders if _is_link(name, folder)]
        before = f"{here.as_posix()}/" if here.parts else ""
        for name in sorted((*names, *links)):
            path = before + name
            _expect_name(path)
            if here.parts[:1] == (ADDED,):
                added.append(path)
                continue
            digest = _read_once(name, folder, path, copy, small)
            if path != ATTESTATION:
                found[path] = digest
    return found, added


def _read_once(name: str, folder: int, path: str, copy: Path | None, small: dict[str, bytes] | None) -> str:
    """Return the SHA-256 of a file, and keep what was read: in `small`, or in its place below `copy`."""
    try:
        descriptor = entry_descriptor(name, folder, path)
    except OSError as error:
        if error.errno in (errno.EINVAL, errno.ELOOP):
            raise EvidenceError(f"{path}: it is no regular file, so its content cannot be signed; remove it") from None
        if error.errno == errno.EFBIG:
            raise EvidenceError(f"{path}: {error.strerror}") from None
        raise
    # Without a buffer, which takes as long to make as the rest of this.
    with FileIO(descriptor) as file:
        first = _beginning(file, _SMALL + 1)
        if small is not None and path.startswith(_MANY) and len(first) <= _SMALL and len(small) < _MOST_SMALL:
            small[path] = first
            return hashlib.sha256(first).hexdigest()
        return _copied_on(first, file, path, copy)


def _beginning(file: FileIO, most: int) -> bytes:
    """Return the first `most` bytes of a file, all of it where there are fewer; a single read may bring less."""
    data = b""
    while len(data) < most and (piece := file.read(most - len(data))):
        data += piece
    return data


def _copied_on(first: bytes, file: BinaryIO, path: str, copy: Path | None) -> str:
    """Return the SHA-256 of a file that begins with `first`, and write all of it to its place below `copy`."""
    whole, left, piece = hashlib.sha256(), LARGEST, first
    with open(copy / path, "wb") if copy is not None else nullcontext() as kept:
        while piece:
            left -= len(piece)
            if left < 0:
                raise EvidenceError(f"{path}: it grows while it is read")
            whole.update(piece)
            if kept is not None:
                kept.write(piece)
            piece = file.read(min(_PIECE, left + 1))
    return whole.hexdigest()


def _expect_content(here: Path, folders: Sequence[str], names: Sequence[str]) -> None:
    # A run makes bodies/ whether or not something goes into it.
    if not folders and not names and here.parts and here.parts[0] not in (ADDED, BODIES):
        raise EvidenceError(f"{here.as_posix()}: it is an empty directory, which no run leaves; remove it")


def _expect_name(name: str) -> None:
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        raise EvidenceError(f"{name!a}: the name is not UTF-8, so it cannot be signed; rename it") from None


def _is_link(name: str, folder: int) -> bool:
    return stat.S_ISLNK(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode)


def _raise(error: OSError) -> None:
    raise error
