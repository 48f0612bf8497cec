"""Whether the shards that `merge` takes are as they were signed."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from osia_conformance.evidence import bundle, files
from osia_conformance.support.secrets import ConfigurationError
from osia_conformance.support.text import one_line

if TYPE_CHECKING:
    from securesystemslib.signer import SSlibKey


def check_signatures(directories: Sequence[Path], key: SSlibKey | None) -> None:
    """Verify each shard with `key`; without one, refuse a shard that is no longer as its own signature says.

    Raises ConfigurationError, a sentence that names the shard.
    """
    for directory in directories:
        fault = _fault(directory, key)
        if fault is not None:
            raise ConfigurationError(f"{directory}: {one_line(fault)}.")


def signed_differently(directory: Path) -> str | None:
    """Return in one clause what of a signed report is not as its signature says, whoever signed it; None if nothing
    is, or it is not signed."""
    if not os.path.lexists(directory / files.ATTESTATION):
        return None
    try:
        subjects = bundle.subjects(directory)
        return "its signature is none" if subjects is None else _difference(subjects, files.digests(directory))
    except files.EvidenceError as error:
        return str(error)
    except OSError as error:
        return f"{error.filename} cannot be read: {error.strerror}"


def _fault(directory: Path, key: SSlibKey | None) -> str | None:
    if key is None:
        found = signed_differently(directory)
        return None if found is None else f"it is signed, and not as it was signed: {found}"
    from osia_conformance.evidence.verify import verify

    return next(iter(verify(directory, key).faults), None)


def _difference(signed: Mapping[str, str], present: Mapping[str, str]) -> str | None:
    names = sorted({*signed, *present})
    return next((f"{name} is another" for name in names if signed.get(name) != present.get(name)), None)
