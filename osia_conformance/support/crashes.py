"""What is said where the suite itself failed: one sentence, without secrets, and never a traceback."""

from __future__ import annotations

import re

from osia_conformance.support.secrets import without_known_secrets
from osia_conformance.support.text import one_line

_RAISED = re.compile(r"^[A-Za-z_][\w.]*: .*$|^[A-Za-z_][\w.]*$", re.MULTILINE)
"""What a traceback ends with, after lines of another form."""


def crash_words(error: BaseException) -> str:
    """Return the sentence about a crash, without the secrets that this process knows."""
    text = str(error)
    what = f"{type(error).__name__}: {text}" if text else type(error).__name__
    if "Traceback (most recent call last)" in text:
        # pytest-xdist hands on a worker's whole traceback.
        what = (_RAISED.findall(text) or [type(error).__name__])[-1]
    return f"the suite itself failed: {one_line(without_known_secrets(what))}"
