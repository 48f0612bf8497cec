"""Text from a target or a vendor, made fit for the page: characters that the fonts have, and places to break at."""

from __future__ import annotations

import re

from osia_conformance.support.text import one_line, visible

BREAK = "\u200b"
"""A place at which a line may end (zero width space); it prints nothing."""

# What the fonts of the PDF library hold: Latin with its extensions, Greek, Cyrillic, punctuation, arrows, signs.
_SHOWN = (
    "\n\x20-\x7e\u00a0-\u00ac\u00ae-\u017f\u018f\u0192\u01a0\u01a1\u01af\u01b0\u01e6\u01e7\u0218-\u021b\u0259"
    "\u02bb\u02bc\u02c6\u02c7\u02d8-\u02dd\u0384-\u038a\u038c\u038e-\u03a1\u03a3-\u03ce\u0400-\u045f\u0490-\u0493"
    "\u1e02\u1e03\u1e80-\u1e85\u1e9e\u1ea0-\u1ef9\u2010-\u2015\u2018-\u2022\u2026\u2030\u2032\u2033\u2039\u203a"
    "\u20ac\u2116\u2122\u2190-\u2193\u2212\u2248\u2260\u2264\u2265"
)
_OTHER = re.compile(f"[^{_SHOWN}]")
# What fits into the narrowest column is left whole: the places to break at are characters, too, where text is copied.
_LONG = re.compile(r"[^\s]{30,}")
_SEAM = re.compile(r"(?<=[/_.,;:?&=\]})>|])(?=[^\s])")
_RUN = 28  # characters after which a word that has no seam may be broken


def line(text: str | None, limit: int = 300) -> str:
    """Return `text` on one line of at most `limit` characters, each of them printable."""
    return _fit(one_line(text or "", limit))


def sentence(text: str | None, limit: int = 300) -> str:
    """Return prose as `line` does; where it is cut, it ends with a whole word.

    Spaces that follow each other are kept: what was expected may differ from what came by one of them alone.
    """
    whole = visible(" ".join((text or "").splitlines())).replace("  ", "\u00a0 ")
    if len(whole) <= limit:
        return _fit(whole)
    kept = whole[: limit - 1]
    head = kept.rpartition(" ")[0] or kept
    return _fit(f"{head} …" if head != kept else f"{kept}…")


def exact(text: str | None, limit: int = 64) -> str:
    """Return an id or a digest on one line, printable and without places to break at: for copying."""
    return _known(one_line(text or "", limit))


def lines(text: str, limit: int, count: int) -> tuple[str, ...]:
    """Return the first `count` lines of `text`, each of at most `limit` characters, and how many more there are."""
    parts = visible(text).split("\n")
    shown = [_fit(part if len(part) <= limit else f"{part[: limit - 1]}…") for part in parts[:count]]
    more = [f"[{len(parts) - count} more lines in the report]"] if len(parts) > count else []
    return (*shown, *more)


def _fit(text: str) -> str:
    return _LONG.sub(lambda match: _broken(match[0]), _known(text))


def _known(text: str) -> str:
    return _OTHER.sub(lambda match: f"U+{ord(match[0]):04X}", text)


def _broken(word: str) -> str:
    """Return a long word with places to break at: behind its seams, and in what is still too long."""
    parts = _SEAM.split(word)
    pieces = (part[start : start + _RUN] for part in parts for start in range(0, len(part), _RUN))
    return BREAK.join(pieces)
