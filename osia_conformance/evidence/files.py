"""Which files a report has: those that are signed, the signature itself, and what was added to it later."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from osia_conformance.support.files import ADDED
from osia_conformance.support.secrets import ConfigurationError
from osia_conformance.verdict.journal import FILE as JOURNAL

ATTESTATION = "report.intoto.jsonl"


class EvidenceError(ValueError):
    """Something in a report does not hold; the sentence names the file and what it is."""


def check_report(directory: Path) -> None:
    """Raise ConfigurationError if `directory` holds neither a journal nor a signature: it is no report."""
    if not any((directory / name).is_file() for name in (JOURNAL, ATTESTATION)):
        raise ConfigurationError(
            f"{directory} is no report: it holds no {JOURNAL}; name the directory that a run wrote."
        )


def destination(directory: Path) -> Path:
    """Return where formats are written: into the report, once it is signed into its `added/`, made here.

    Raises ConfigurationError if that cannot be made.
    """
    if not (directory / ATTESTATION).exists():
        return directory
    place = directory / ADDED
    try:
        place.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise ConfigurationError(f"{place} cannot be made: {error.strerror}.") from None
    return place


def digests(directory: Path) -> dict[str, str]:
    """Return the SHA-256 (hex) of every file of the report by its path, `/` between its parts, sorted.

    The signature, and what lies under `added/`, are left out. Raises EvidenceError for a link, a device or a
    name that is not UTF-8, OSError for a file that cannot be read.
    """
    found = {}
    for folder, folders, names in os.walk(directory, onerror=_raise):
        here = Path(folder)
        apart = (ADDED, ATTESTATION) if here == directory else ()
        folders[:] = [name for name in folders if name not in apart]
        links = [name for name in folders if (here / name).is_symlink()]
        for name in (*names, *links):
            if name != ATTESTATION or here != directory:
                # The name first: what is no regular file must not even be opened.
                signed = _name(here / name, directory)
                found[signed] = _digest(here / name)
    return dict(sorted(found.items()))


def added(directory: Path) -> list[str]:
    """Return the paths of the files that were added after the signing, sorted."""
    base = directory / ADDED
    paths = sorted(path for path in base.rglob("*") if path.is_file())
    return [path.relative_to(directory).as_posix() for path in paths]


def _name(path: Path, directory: Path) -> str:
    name = path.relative_to(directory).as_posix()
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        raise EvidenceError(f"{name!a}: the name is not UTF-8, so it cannot be signed; rename it") from None
    if path.is_symlink() or not path.is_file():
        raise EvidenceError(f"{name}: it is no regular file, so its content cannot be signed; remove it")
    return name


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _raise(error: OSError) -> None:
    raise error
