"""Exit codes of the commands."""

from __future__ import annotations

from osia_conformance.verdict.outcomes import CONFORMANT, INCOMPLETE, NONCONFORMANT

EXIT_CODES = {CONFORMANT: 0, NONCONFORMANT: 1, INCOMPLETE: 2}


EXIT_USAGE, EXIT_FAULT, EXIT_INTERRUPTED = 64, 70, 130
