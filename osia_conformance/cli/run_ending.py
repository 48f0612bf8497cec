"""What `run --sign` does when a run has ended."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from osia_conformance.verdict.exit_codes import EXIT_FAULT

RunEnding = Callable[[int, Path | None], int]


def run_ending(key: str | None) -> RunEnding:
    """Return what ends a run with its exit code and report directory: signing with `key`, a secret reference.

    Nothing is signed without a key or a report; a report that cannot be signed is a fault of the suite.
    Raises ConfigurationError for a key that cannot be used, before the run instead of behind it.
    """
    if key is None:
        return lambda code, directory: code
    from osia_conformance.cli import evidence_commands
    from osia_conformance.evidence import keys

    signer = keys.private_key(key, "--sign")

    def end(code: int, directory: Path | None) -> int:
        is_signed = directory is None or evidence_commands.signed(directory, signer) == evidence_commands.HOLDS
        return code if is_signed else EXIT_FAULT

    return end
