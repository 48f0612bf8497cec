"""Evidence that can be trusted: reports are signed, and verified offline (docs/evidence.md)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from osia_conformance.verdict import EXIT_FAULT

Ending = Callable[[int, Path | None], int]


def ending(key: str | None) -> Ending:
    """Return what ends a run with its exit code and report directory: signing with `key`, a secret reference.

    Nothing is signed without a key or a report; a report that cannot be signed is a fault of the suite.
    Raises ConfigurationError for a key that cannot be used, before the run instead of behind it.
    """
    if key is None:
        return lambda code, directory: code
    from osia_conformance.evidence import commands, keys  # noqa: PLC0415 - only signing needs what these import

    signer = keys.private_key(key, "--sign")

    def end(code: int, directory: Path | None) -> int:
        signed = directory is None or commands.signed(directory, signer) == commands.HOLDS
        return code if signed else EXIT_FAULT

    return end
