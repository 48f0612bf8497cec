"""A report that holds the private key which is to sign it is not signed: whoever gets it could sign as its owner."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from osia_conformance.evidence.files import EvidenceError, Snapshot
from osia_conformance.evidence.keys import SigningKey
from osia_conformance.support import files
from osia_conformance.support.secrets import ConfigurationError
from osia_conformance.verdict.journal import BODIES
from osia_conformance.verdict.journal import FILE as JOURNAL

_REMEDY = "it holds the private key that is to sign; make a new key, and run again without a key in the configuration"


def expect_key_untold(taken: Snapshot, key: SigningKey) -> None:
    """Raise EvidenceError if a file of a report, or its name, holds the text of the key that is to sign the report."""
    for name in taken.digests:
        if _tells(name.encode("utf-8", "surrogateescape"), key) or _tells(taken.content(name), key):
            raise EvidenceError(f"{key.redactor.text(name)}: {_REMEDY}")


def expect_key_untold_by_shards(directories: Sequence[Path], key: SigningKey) -> None:
    """Raise ConfigurationError if what a merged report takes from a shard holds the text of the key that is to sign it.

    What cannot be read is left to whoever merges.
    """
    for directory in directories:
        for name in _merged_files(directory):
            with suppress(OSError):
                if _tells(files.read(directory, name), key):
                    raise ConfigurationError(f"{directory}: {name}: {_REMEDY}.")


def _merged_files(directory: Path) -> Iterator[str]:
    yield JOURNAL
    with suppress(OSError):
        yield from (f"{BODIES}/{name}" for name in sorted(os.listdir(directory / BODIES)))


def _tells(data: bytes, key: SigningKey) -> bool:
    """Return whether the key's text stands in `data`: plain, in base64 or hexadecimal; and in whatever other form in
    the first line, a journal's header, where people's own words are."""
    first = data[: data.find(b"\n") + 1]
    return key.redactor.knows(data) or key.redactor.data(first) is not first
