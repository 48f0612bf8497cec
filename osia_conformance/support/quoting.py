"""Words of users within a sentence: quoted on one line, and the valid word that is nearest to one of theirs."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable

_SHOWN = 60
"""Characters of such a word that are shown or compared."""


def quoted(text: str) -> str:
    """Return text from a user as JSON, shortened, so that it stays on one line."""
    return json.dumps(text if len(text) <= _SHOWN else text[:_SHOWN] + "...")


def nearest(text: str, valid: Iterable[str]) -> str:
    """Return the most similar of the `valid` words, quoted."""
    return quoted(difflib.get_close_matches(text[:_SHOWN], sorted(valid), n=1, cutoff=0.0)[0])


def near(text: str, valid: Iterable[str]) -> str | None:
    """Return "the nearest is ..." if one of the `valid` words is near; None for a word that is like none of them."""
    found = difflib.get_close_matches(text[:_SHOWN].lower(), (words := {word.lower(): word for word in valid}), n=1)
    return f"the nearest is {quoted(words[found[0]])}" if found else None
