"""Runs that are ended in the middle of a call."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.harness.running import ENOUGH


def run(file: Path, *more: object) -> tuple[object, ...]:
    """Return the command line of a quick run into the directory `r` beside its configuration."""
    return ("run", "--config", file, "--effort", "quick", "--report-dir", file.parent / "r", *more)


def ended(process: subprocess.Popen[str]) -> str:
    """Wait for the end; return what was said."""
    out, err = process.communicate(timeout=ENOUGH)
    assert "Traceback" not in out + err, out + err
    return out
